"""ECMA-262 regular expressions, translated for the engines used here."""
