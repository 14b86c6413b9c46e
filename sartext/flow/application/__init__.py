"""The application that Ray Serve runs: what answers, what guards it, and what it is made of."""
