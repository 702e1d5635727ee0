"""The requests to send: examples, values at a bound, generated data."""
