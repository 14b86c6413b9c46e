"""The pages, figures and cards that people look at."""
