"""Writes the Python module that the Lambda serves, and bundles the files of its image."""
