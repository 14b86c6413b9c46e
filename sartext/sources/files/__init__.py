"""Files of a folder: discovered, named, and matched with one another."""
