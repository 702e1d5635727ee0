"""A project that has an API: its settings, and the files that a new one gets."""
