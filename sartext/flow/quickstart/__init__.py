"""All jobs in a row, and the page that tells of them."""
