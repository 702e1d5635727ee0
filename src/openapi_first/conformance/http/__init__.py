"""Sends requests to the stage: the client, its pace, its credentials."""
