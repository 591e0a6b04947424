"""Where pictures come from: video files, cameras and streams; and what is wrong with a camera."""
