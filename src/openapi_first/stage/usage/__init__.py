"""Usage plans, and how much of them each API key has used."""
