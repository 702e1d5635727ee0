"""Requests, responses and the errors of the gateway as data."""
