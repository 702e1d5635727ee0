"""Models of request bodies: JSON Schemas as API Gateway imports them, and its validator."""
