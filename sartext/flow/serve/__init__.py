"""Checkpoints + index -> one application on Ray Serve."""
