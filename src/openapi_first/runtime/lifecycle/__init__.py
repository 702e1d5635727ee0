"""What happens to a function's process beside its requests."""
