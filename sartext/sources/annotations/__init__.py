"""Boxes, masks and labels as a source brings them."""
