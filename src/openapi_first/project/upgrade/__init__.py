"""`contract upgrade`: merges what the running version writes into a project."""
