"""What a method calls: a function or an HTTP endpoint, by proxy or not, or a mock."""
