"""Checkpoints x dataset -> scores and report."""
