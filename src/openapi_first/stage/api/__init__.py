"""A REST API, read from an import document."""
