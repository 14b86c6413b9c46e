"""A text -> what it means."""
