"""Who may call: API keys, authorizers, tokens, policies."""
