"""Deduplication: which images show the same; descriptors, candidates, alignment."""
