"""The requests to send: examples, values at their bounds, generated data."""
