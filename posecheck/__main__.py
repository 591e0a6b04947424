"""python -m posecheck."""

from posecheck.cli.app import main

if __name__ == "__main__":
    main()
