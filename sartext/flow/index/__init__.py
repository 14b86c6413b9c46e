"""Checkpoint x dataset -> search index."""
