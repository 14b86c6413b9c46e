"""File formats, read and written, pure."""
