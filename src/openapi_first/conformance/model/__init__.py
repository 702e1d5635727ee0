"""The data of a run: messages, promises, verdicts, coverage, resources."""
