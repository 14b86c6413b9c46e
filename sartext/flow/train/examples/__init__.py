"""What a stage of training learns from: examples of datasets, in which order, and how they are changed."""
