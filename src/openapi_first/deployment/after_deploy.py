"""What follows a deployment: a re-import if it was asked for, and a deployment that stays."""

from __future__ import annotations

import sys

from openapi_first.deployment.account.aws import Account, Refused
from openapi_first.deployment.build import DOCUMENT
from openapi_first.deployment.gateway.reimport import reimport
from openapi_first.deployment.gateway.served import Served, served
from openapi_first.deployment.gateway.snapshots import keep, snapshots
from openapi_first.deployment.settings.parameters import CONTRACT_HASH, REVISION
from openapi_first.deployment.stack import description, states


def after_deploy(account: Account, name: str, *, again: bool) -> None:
    """`again` imports the document once more. Raises Refused if that cannot be done; a deployment
    that cannot be kept for a later rollback is a line on stderr."""
    stack = description.find(account, name)
    if stack is None:
        raise Refused(f"{states.missing(account, name)} any more.")
    revision = stack.parameters.get(REVISION, "")
    contract = stack.parameters.get(CONTRACT_HASH, "")
    if again:
        stage = served(account, stack)
        strict = stack.parameters.get("FailOnWarnings") != "false"
        made = reimport(stage, DOCUMENT, revision, contract, fail_on_warnings=strict)
        print(f"The {stage} serves {made}.")
        return
    try:
        stage = served(account, stack)
        keep(stage, revision, contract)
        _say_if_behind(stage, contract)
    except Refused as refused:
        print(f"Deployed, but without a way back by `make rollback`: {refused}", file=sys.stderr)


def _say_if_behind(stage: Served, contract: str) -> None:
    """After a rollback, a deployment of the contract that CloudFormation has already does not move
    the stage."""
    serves = next((each for each in snapshots(stage) if each.id == stage.deployment), None)
    if serves is not None and serves.contract != contract:
        print(
            f"The {stage} still serves what it was put back to ({serves}), since the contract is "
            f"the one that was deployed before: make deploy STACK={stage.stack} REIMPORT=1 moves "
            "it forward."
        )
