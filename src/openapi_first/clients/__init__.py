"""`contract client`: has maintained generators write clients of the API."""
