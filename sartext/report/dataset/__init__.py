"""A whole dataset, counted in bounded memory, as a page and as a card."""
