"""What is heard: ticks, chimes and words."""
