"""The commands of `contract`, a module each; `contract.cli` puts them together."""
