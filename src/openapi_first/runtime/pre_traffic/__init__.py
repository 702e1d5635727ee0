"""Tries out a new version of the function before it gets traffic: the handler of a function of its
own, from the same image."""
