"""What follows a deployment: a re-import if it was asked for, and a deployment that stays."""

from __future__ import annotations

import sys

from deployment.aws import Account, Refused
from deployment.build import DOCUMENT
from deployment.gateway.reimport import reimport
from deployment.gateway.served import Served, served
from deployment.gateway.snapshots import keep, snapshots
from deployment.programs import ROOT
from deployment.settings.parameters import CONTRACT_HASH, REVISION
from deployment.stack import description


def after_deploy(account: Account, name: str, *, again: bool) -> int:
    """`again` imports the document once more, and fails if that fails: then it returns 2. What is
    only for a later rollback is no reason to call a deployment a failure."""
    stack = description.find(account, name)
    if stack is None:
        return 0
    revision = stack.parameters.get(REVISION, "")
    contract = stack.parameters.get(CONTRACT_HASH, "")
    try:
        if again:
            stage = served(account, stack)
            made = reimport(stage, ROOT / DOCUMENT, revision, contract)
            print(f"Imported {DOCUMENT} again; the {stage} serves the deployment {made}.")
            return 0
        stage = served(account, stack)
        keep(stage, revision, contract)
        _say_if_behind(stage, contract)
    except Refused as refused:
        print(refused, file=sys.stderr)
        if again:
            return 2
        print(
            "The stack is deployed, but `make rollback` will not find this deployment.",
            file=sys.stderr,
        )
    return 0


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
