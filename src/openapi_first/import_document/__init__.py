"""Generates the document that API Gateway imports, from a contract."""
