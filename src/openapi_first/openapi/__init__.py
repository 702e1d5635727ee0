"""Reads an OpenAPI document: source, references, validation, operations."""
