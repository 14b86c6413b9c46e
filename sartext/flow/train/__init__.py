"""Datasets -> checkpoint."""
