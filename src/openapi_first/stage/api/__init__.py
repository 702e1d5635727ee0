"""A REST API, read from an import document, and the requests that are routed to its methods."""
