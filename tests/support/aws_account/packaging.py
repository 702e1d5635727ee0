"""Deploys a template into the account as `sam deploy` does, without the SAM CLI."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drift.imported_api import REGION
from openapi_first.templates.files.tags import read_file
from stack.template import TEMPLATE
from support.aws_account.account import AwsAccount
from support.aws_account.cloudformation.stacks import Stack

BUCKET = "artifacts"


def deployed(
    account: AwsAccount,
    stack: str,
    document: Mapping[str, Any],
    *,
    parameters: Mapping[str, str] | None = None,
    image: str = "items:1",
    template: Path = TEMPLATE,
    region: str = REGION,
) -> Stack:
    """Creates or updates the stack. The key of the document is its MD5, as the SAM CLI has it: the
    same document is not imported again. An update keeps the parameters that are not given."""
    written, place = read_file(template).value, account.region(region)
    body = json.dumps(document).encode()
    key = hashlib.md5(body, usedforsecurity=False).hexdigest()
    place.storage.buckets.setdefault(BUCKET, {})[key] = body
    for resource in written["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function" and "Metadata" in resource:
            properties["ImageUri"] = f"{place.registry.host}/{image}"
        if resource["Type"] == "AWS::Serverless::Api" and "DefinitionUri" in properties:
            properties["DefinitionUri"] = f"s3://{BUCKET}/{key}"
    service = account.cloudformation(region)
    present = service.find(stack)
    given = parameters or {}
    kept = (
        present.parameters.keys() & written["Parameters"].keys() - given.keys() if present else ()
    )
    asked: dict[str, Any] = {
        "stack_name": stack,
        "template_body": json.dumps(written),
        "capabilities": ["CAPABILITY_IAM"],
        "parameters": [
            *({"ParameterKey": name, "ParameterValue": value} for name, value in given.items()),
            *({"ParameterKey": name, "UsePreviousValue": True} for name in sorted(kept)),
        ],
    }
    (service.create_stack if present is None else service.update_stack)(**asked)
    return account.stack(stack, region)
