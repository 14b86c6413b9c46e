"""Facts -> questions and answers."""
