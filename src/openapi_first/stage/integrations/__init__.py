"""The integrations of a method: `respond` of Lambda proxy, HTTP proxy and mock."""
