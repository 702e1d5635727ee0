"""Usage plans, and what each API key has used."""
