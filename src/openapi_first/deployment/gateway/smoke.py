"""The options of `contract test` that only read, for a stage in production."""

from __future__ import annotations

from collections.abc import Mapping

from openapi_first.deployment.account.aws import Refused


def smoke_options(stack: str, outputs: Mapping[str, str]) -> list[str]:
    """With the key for contract tests, which has no quota, else the key of clients. Raises
    Refused."""
    key = outputs.get("ContractTestKeyId") or outputs.get("ApiKeyId")
    if key is None:
        raise Refused(
            f"The stack {stack} has no output ApiKeyId: deploy it once with "
            f"`make deploy STACK={stack}`."
        )
    return ["--read-only", "--api-key-id", key]
