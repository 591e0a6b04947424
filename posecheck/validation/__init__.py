"""How right posecheck is for one person: a script of what to do, which is the truth, and the verdict scored by it."""
