"""The requests to send: examples, and values at their bounds."""
