"""The service's settings, from the environment of the function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class MissingSetting(RuntimeError):
    """A required variable is unset or empty."""


@dataclass(frozen=True, slots=True)
class Settings:
    """botocore itself finds DynamoDB's endpoint and the credentials."""

    table_name: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Raises MissingSetting."""
        table_name = environ.get("TABLE_NAME", "").strip()
        if not table_name:
            raise MissingSetting(
                "The environment variable TABLE_NAME is missing. It names the DynamoDB table for "
                "items; set it before the function starts, e.g. `export TABLE_NAME=items` in a "
                "shell, `-e TABLE_NAME=items` for docker run, or `Environment: Variables:` in "
                "template.yaml."
            )
        return cls(table_name=table_name)
