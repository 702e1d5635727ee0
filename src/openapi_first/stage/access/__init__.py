"""Who may call a method: API keys, authorizers, tokens, policies."""
