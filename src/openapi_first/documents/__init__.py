"""Reads the files of a contract into values whose places in them are known."""
