"""An optical twin's texts and masks -> captions of the radar image."""
