"""The AWS account that a command works in, and the calls to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from openapi_first.deployment.account.failures import Refused, explained
from openapi_first.deployment.account.samconfig import Saved
from openapi_first.sdk.session import choice

__all__ = ["Account", "Refused", "connect"]

_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 3})
_FAILURES = (BotoCoreError, ClientError, ValueError, OSError, EOFError)
"""The last two are of a profile that reads a file, runs a program or asks for a code."""


@dataclass(frozen=True)
class Account:
    """A session, with the number of its account. `profile` is the one in samconfig.toml, if it
    counts; that of AWS_PROFILE is in the environment."""

    session: boto3.Session
    region: str
    profile: str | None
    number: str = "unknown"

    def __str__(self) -> str:
        return f"account {self.number}, region {self.region}"

    def client(self, service: str) -> Any:
        # The name is not a literal, so boto3's type stubs do not know it.
        return cast(Any, self.session).client(service, config=_CONFIG)

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Calls AWS, with the names of boto3. Raises Refused, with the code of AWS."""
        action = f"{service}:{operation}"
        try:
            client = self.client(service)
            action = f"{service}:{_action(client, service, operation)}"
            response: dict[str, Any] = getattr(client, operation)(**parameters)
        except _FAILURES as error:
            raise explained(error, action, self.region) from error
        return response

    def listed(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
        """The members of `key` on each page that has a NextToken. Raises Refused."""
        while True:
            page = self.call(service, operation, **parameters)
            yield from page.get(key, [])
            if not page.get("NextToken"):
                return
            parameters["NextToken"] = page["NextToken"]

    def wait(self, service: str, waiter: str, **parameters: Any) -> None:
        """Waits until a waiter of boto3 is content. Raises Refused."""
        try:
            self.client(service).get_waiter(waiter).wait(**parameters)
        except _FAILURES as error:
            raise explained(error, f"{service}:{waiter}", self.region) from error

    @property
    def environment(self) -> dict[str, str]:
        """Variables with which other programs use the same session."""
        variables = {"AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}
        return variables | ({"AWS_PROFILE": self.profile} if self.profile else {})

    @property
    def options(self) -> list[str]:
        """Options with which SAM and the AWS CLI use the same session."""
        return ["--region", self.region] + (["--profile", self.profile] if self.profile else [])


def connect(saved: Saved, region: str = "") -> Account:
    """Opens the session; `region` counts more than the rule. Raises Refused if credentials or the
    region are missing, or if AWS rejects them."""
    chosen, profile = _chosen(saved, region)
    if not chosen:
        raise Refused(
            "No AWS region is set: set AWS_REGION, e.g. `AWS_REGION=eu-central-1 make deploy`."
        )
    try:
        account = Account(boto3.Session(profile_name=profile, region_name=chosen), chosen, profile)
        if account.session.get_credentials() is None:
            raise NoCredentialsError
    except _FAILURES as error:
        raise explained(error, "sts:GetCallerIdentity", chosen) from error
    number = account.call("sts", "get_caller_identity")["Account"]
    return Account(account.session, chosen, profile, number)


def found_region(saved: Saved) -> str:
    """The region by the rule of every command; "" if there is none. Raises Refused."""
    return _chosen(saved, "")[0]


def _chosen(saved: Saved, region: str) -> tuple[str, str | None]:
    try:
        found = choice(saved.region, saved.profile, region=region)
    except _FAILURES as error:
        raise explained(error, "sts:GetCallerIdentity", region) from error
    return found.region, found.profile


def _action(client: Any, service: str, operation: str) -> str:
    """As IAM writes it: for API Gateway, the method of HTTP."""
    name = str(client.meta.method_to_api_mapping[operation])
    if service != "apigateway":
        return name
    return str(client.meta.service_model.operation_model(name).http["method"])
