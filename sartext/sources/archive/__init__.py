"""Drawn scenes: a plan in pure Python, then its radar image, its optical twin and its annotations."""
