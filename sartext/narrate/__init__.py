"""Tile -> captions and questions: pure functions on plain data, no model in memory."""
