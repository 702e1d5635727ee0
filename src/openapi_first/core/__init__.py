"""Shared by all packages: media types, files, problem details."""
