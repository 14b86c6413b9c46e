"""Dataset -> files that other programs read."""
