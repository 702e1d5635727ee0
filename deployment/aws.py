"""The AWS account and region that every command uses.

One rule for the region: AWS_REGION, AWS_DEFAULT_REGION, the region of AWS_PROFILE, the region in
samconfig.toml, the region of the profile in samconfig.toml or of the default profile. boto3 alone
reads the second and the profiles; SAM and the AWS CLI read the first, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from deployment.failures import Refused, explained
from deployment.settings.samconfig import Saved

__all__ = ["Account", "Refused", "connect"]

_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 3})


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
        except (BotoCoreError, ClientError, ValueError) as error:
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
        except (BotoCoreError, ClientError) as error:
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
    chosen, profile = region or found_region(saved), _profile(saved)
    if not chosen:
        raise Refused(
            "No AWS region is set: set AWS_REGION, e.g. `AWS_REGION=eu-central-1 make deploy`."
        )
    try:
        account = Account(_session(profile, chosen), chosen, profile)
        if account.session.get_credentials() is None:
            raise NoCredentialsError
    except (BotoCoreError, ValueError) as error:
        raise explained(error, "sts:GetCallerIdentity", chosen) from error
    number = account.call("sts", "get_caller_identity")["Account"]
    return Account(account.session, chosen, profile, number)


def found_region(saved: Saved) -> str:
    """The region by the rule above; "" if there is none. Raises Refused."""
    named = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if named:
        return named
    try:
        if os.environ.get("AWS_PROFILE"):
            return boto3.Session().region_name or saved.region
        return saved.region or boto3.Session(profile_name=_profile(saved)).region_name or ""
    except (BotoCoreError, ValueError) as error:
        raise explained(error, "sts:GetCallerIdentity", "") from error


def _action(client: Any, service: str, operation: str) -> str:
    """As IAM writes it: for API Gateway, the method of HTTP."""
    name = str(client.meta.method_to_api_mapping[operation])
    if service != "apigateway":
        return name
    return str(client.meta.service_model.operation_model(name).http["method"])


def _session(profile: str | None, region: str) -> boto3.Session:
    return boto3.Session(profile_name=profile, region_name=region)


def _profile(saved: Saved) -> str | None:
    """That of samconfig.toml, unless the environment has a profile or keys."""
    if any(os.environ.get(name) for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID")):
        return None
    return saved.profile or None
