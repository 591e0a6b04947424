"""What is seen of a live session: the window and what is drawn into it."""
