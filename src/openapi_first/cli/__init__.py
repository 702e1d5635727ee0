"""The `contract` command, one module for each subcommand."""
