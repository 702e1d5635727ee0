"""Requests, responses and gateway errors as data."""
