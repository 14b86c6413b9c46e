"""What one runs or submits: one file is one job."""
