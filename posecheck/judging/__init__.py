"""Measurement → verdict: what is checked in a frame, what is counted over time, and why something did not count."""
