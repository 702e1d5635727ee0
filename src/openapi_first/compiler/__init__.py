"""Compiles a contract into the module that the Lambda serves, and assembles its image."""
