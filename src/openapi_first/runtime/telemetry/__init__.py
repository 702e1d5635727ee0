"""What is recorded of each request: one log line, and metrics by operation."""
