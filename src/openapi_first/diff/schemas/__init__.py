"""Compares the values that two schemas accept: what is proven, and where a change is."""
