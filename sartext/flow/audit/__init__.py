"""Datasets -> leaks between their splits."""
