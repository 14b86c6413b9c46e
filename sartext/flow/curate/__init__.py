"""Datasets -> one selected dataset; and what is taken out of a dataset that is there."""
