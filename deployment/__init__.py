"""Deploys the stack and removes it: `python -m deployment`, called by `make deploy`."""
