"""The report and the card of a finished dataset."""
