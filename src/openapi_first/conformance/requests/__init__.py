"""Builds one request: values that match a schema, parameters, bodies, credentials."""
