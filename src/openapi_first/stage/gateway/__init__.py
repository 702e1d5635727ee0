"""The steps of a request through the gateway."""
