"""The phase that creates resources, and reads, lists, changes and removes them."""
