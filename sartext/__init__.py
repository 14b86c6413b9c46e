"""Text for synthetic aperture radar: captioned datasets, and the models trained on them."""

__version__ = "0.2.0"
