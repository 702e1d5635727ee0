"""The commands of `contract`, a module each; `openapi_first.cli.main` puts them together."""
