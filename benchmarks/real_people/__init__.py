"""How right posecheck is on real people: the parts of benchmarks/real.py."""
