"""The data of lint: rules, findings, and a contract with all that is rendered of it."""
