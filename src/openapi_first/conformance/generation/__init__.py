"""Data and sequences that Schemathesis generates, in this process or in a separate one."""
