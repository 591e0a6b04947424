"""What is drawn into pictures: the skeleton, angles with their targets, and the video that is written."""
