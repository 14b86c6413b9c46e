"""What a narrator draws beside a caption, and what that shows of it."""
