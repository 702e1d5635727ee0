"""The environment of the function, read once, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class MissingSetting(RuntimeError):
    """A variable the service cannot do without is unset or empty."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the service must be told. DynamoDB's address and credentials are botocore's to find."""

    table_name: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings; say which one is missing and how to give it."""
        table_name = environ.get("TABLE_NAME", "").strip()
        if not table_name:
            raise MissingSetting(
                "The environment variable TABLE_NAME is missing: it names the DynamoDB table that "
                "holds the items. Set it before the function starts, e.g. `export "
                "TABLE_NAME=items` in a shell, `-e TABLE_NAME=items` for docker run, or "
                "`Environment: Variables:` in template.yaml."
            )
        return cls(table_name=table_name)
