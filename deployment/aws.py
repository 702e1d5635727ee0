"""What deployment asks of AWS: whose credentials these are, and what a stack has put out."""

from __future__ import annotations

from typing import Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 2})


class Refused(Exception):
    """What cannot be done; the message is one line that says how to mend it."""


def check_credentials() -> None:
    """Raises Refused when there are no credentials or no region, or when AWS does not take them."""
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
    """The outputs of a stack by name; None when there is no such stack. Raises Refused."""
    try:
        answer = _call("cloudformation", "describe_stacks", StackName=stack)
    except Refused as refused:
        cause = refused.__cause__
        if isinstance(cause, ClientError) and "does not exist" in str(cause):
            return None
        raise
    return {
        output["OutputKey"]: output["OutputValue"]
        for output in answer["Stacks"][0].get("Outputs", [])
    }


def _call(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    try:
        # By a name that is no literal, which boto3's stubs do not know.
        client = cast(Any, boto3.Session()).client(service, config=_CONFIG)
        answer: dict[str, Any] = getattr(client, operation)(**parameters)
    except NoCredentialsError as error:
        raise Refused("No AWS credentials found: set AWS_PROFILE, and try again.") from error
    except NoRegionError as error:
        raise Refused("No AWS region is set: set AWS_DEFAULT_REGION, and try again.") from error
    except (BotoCoreError, ClientError) as error:
        line = " ".join(str(error).split())
        raise Refused(f"AWS did not answer {service}:{operation}: {line}") from error
    return answer
