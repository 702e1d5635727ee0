"""The service's settings, from the environment of the function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CLIENTS = BOTO3, DIRECT = "boto3", "direct"
"""The values of DYNAMODB_CLIENT."""


class MissingSetting(RuntimeError):
    """A required variable is unset or empty."""


class WrongSetting(RuntimeError):
    """A variable has a value that it cannot have."""


@dataclass(frozen=True, slots=True)
class Settings:
    """botocore itself finds DynamoDB's endpoint and the credentials."""

    table_name: str
    dynamodb_client: str = BOTO3

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Raises MissingSetting or WrongSetting."""
        table_name = environ.get("TABLE_NAME", "").strip()
        if not table_name:
            raise MissingSetting(
                "The environment variable TABLE_NAME is missing. It names the DynamoDB table for "
                "items; set it before the function starts, e.g. `export TABLE_NAME=items` in a "
                "shell, `-e TABLE_NAME=items` for docker run, or `Environment: Variables:` in "
                "template.yaml."
            )
        kind = environ.get("DYNAMODB_CLIENT", "").strip() or BOTO3
        if kind not in CLIENTS:
            raise WrongSetting(
                f"The environment variable DYNAMODB_CLIENT is {kind!r}. It is {BOTO3!r}, the "
                f"default, or {DIRECT!r}, for a client that costs less CPU time and memory."
            )
        return cls(table_name=table_name, dynamodb_client=kind)
