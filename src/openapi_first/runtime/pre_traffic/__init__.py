"""The handler of a separate function, from the same image, that tries out a new version before it
gets traffic."""
