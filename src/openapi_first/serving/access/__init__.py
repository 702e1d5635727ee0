"""Credentials for an API on this machine: local keys, tokens, stand-ins for authorizers."""
