"""Text for synthetic aperture radar: captioned datasets, and the models trained on them."""
