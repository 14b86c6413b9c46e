"""What stands before Ray Serve's proxies: key, length, bounds and refusals, as plain ASGI."""
