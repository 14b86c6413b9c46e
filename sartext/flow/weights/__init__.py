"""Weights of others -> a model that every job takes."""
