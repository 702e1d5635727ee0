"""The document that API Gateway imports, generated from a contract."""
