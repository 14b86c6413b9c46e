"""Numbers, no files: radiometry, speckle, geometry, tiling."""
