"""Translates ECMA-262 regular expressions for the regex engine used here, and searches by them."""
