"""A language model that puts what is known of optical twins into words."""
