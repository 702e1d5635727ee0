"""The requests to send: examples, values at bounds, generated data."""
