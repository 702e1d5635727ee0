"""Generates the document that API Gateway imports."""
