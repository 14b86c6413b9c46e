"""Whole scenes: their files, labels and checks."""
