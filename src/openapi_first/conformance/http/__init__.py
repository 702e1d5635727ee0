"""Sends requests to a stage: client, rate limits, credentials."""
