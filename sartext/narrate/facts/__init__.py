"""What annotations alone make true."""
