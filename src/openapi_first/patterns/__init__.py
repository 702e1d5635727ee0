"""Regular expressions of ECMA-262, translated for the engines used here."""
