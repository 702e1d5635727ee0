"""Writes the events with which a new version is tried out before it gets traffic."""
