"""IAM policies: reading them, and what they decide on a request."""
