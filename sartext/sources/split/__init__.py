"""Split groups: tiles that no split may part."""
