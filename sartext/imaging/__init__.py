"""Encoded images and geometry in pixels: checked, turned, encoded, run lengths, polygons."""
