"""Facts -> sentences."""
