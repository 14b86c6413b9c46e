"""The pages that the application serves, as files."""
