"""Deploys the stack of a project, and removes it: what `make deploy` and similar targets call."""
