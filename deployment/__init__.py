"""Into AWS and out again: `python -m deployment`, by `make deploy` and its like."""
