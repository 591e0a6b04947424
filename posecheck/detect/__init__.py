"""Frame → Pose: the pose model, and the one person whom it follows."""
