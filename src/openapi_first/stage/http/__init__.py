"""The listening socket, and HTTP on it."""
