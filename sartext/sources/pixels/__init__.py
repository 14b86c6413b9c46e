"""Pixels of a file -> the 8-bit image of a tile."""
