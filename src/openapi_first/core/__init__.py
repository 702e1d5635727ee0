"""Shared by every package: media types, atomic file writes, problem details."""
