"""The listening socket and the protocol on it."""
