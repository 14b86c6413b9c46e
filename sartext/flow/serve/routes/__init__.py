"""The routes, their bodies, and the replica that holds them."""
