"""Values for schemas: some that match one, and some that violate one of its constraints."""
