"""Local folders and S3 behind one protocol."""
