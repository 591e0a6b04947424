"""python -m posecheck: the same as the command posecheck."""

from posecheck.cli import main

if __name__ == "__main__":
    main()
