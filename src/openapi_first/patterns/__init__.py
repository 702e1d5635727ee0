"""Translates ECMA-262 regular expressions for the regex engines used here."""
