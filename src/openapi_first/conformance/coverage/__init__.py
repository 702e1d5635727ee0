"""Coverage of a contract: points promised, points seen, and what is not counted."""
