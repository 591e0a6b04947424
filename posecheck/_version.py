"""The version of posecheck, alone in a module so that every stage can tell it."""

__version__ = "0.1.0"
