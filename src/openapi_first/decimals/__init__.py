"""Decides about numbers by their decimal text, for JSON Schema, where a double cannot."""
