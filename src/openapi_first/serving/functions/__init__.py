"""The functions and tables of a template, as a stage runs them."""
