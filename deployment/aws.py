"""Calls to AWS: checks credentials and reads the outputs of a stack."""

from __future__ import annotations

from typing import Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 2})


class Refused(Exception):
    """The task cannot be done; the message is one line and says how to fix it."""


def check_credentials() -> None:
    """Raises Refused if credentials or the region are missing, or if AWS rejects them."""
    session = boto3.Session()
    if session.get_credentials() is None:
        raise Refused(
            "No AWS credentials found: run `aws configure sso` or `aws configure`, or set "
            "AWS_PROFILE, and try again."
        )
    if session.region_name is None:
        raise Refused(
            "No AWS region is set: set AWS_REGION, e.g. `AWS_REGION=eu-central-1 make deploy`."
        )
    _call("sts", "get_caller_identity")


def outputs(stack: str) -> dict[str, str] | None:
    """The outputs of a stack by name; None if the stack does not exist. Raises Refused."""
    try:
        response = _call("cloudformation", "describe_stacks", StackName=stack)
    except Refused as refused:
        cause = refused.__cause__
        if isinstance(cause, ClientError) and "does not exist" in str(cause):
            return None
        raise
    return {
        output["OutputKey"]: output["OutputValue"]
        for output in response["Stacks"][0].get("Outputs", [])
    }


def _call(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    try:
        # The name is not a literal, so boto3's type stubs do not know it.
        client = cast(Any, boto3.Session()).client(service, config=_CONFIG)
        response: dict[str, Any] = getattr(client, operation)(**parameters)
    except NoCredentialsError as error:
        raise Refused("No AWS credentials found: set AWS_PROFILE, and try again.") from error
    except NoRegionError as error:
        raise Refused("No AWS region is set: set AWS_DEFAULT_REGION, and try again.") from error
    except (BotoCoreError, ClientError) as error:
        line = " ".join(str(error).split())
        raise Refused(f"{service}:{operation} failed: {line}") from error
    return response
