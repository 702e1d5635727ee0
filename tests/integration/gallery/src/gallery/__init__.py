"""A picture service with authorizers, uploads and binary responses."""
