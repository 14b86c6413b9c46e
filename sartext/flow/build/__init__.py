"""Sources -> narrated dataset."""
