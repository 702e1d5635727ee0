"""Puts the stage back on an earlier deployment of the API: `make rollback`.

The function stays as it is: the alias belongs to CloudFormation and CodeDeploy. Its newer version
serves an older document as long as releases only add to the contract.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from openapi_first.deployment.account.aws import Refused
from openapi_first.deployment.gateway.served import Served
from openapi_first.deployment.gateway.snapshots import Snapshot, deployments, snapshots

_SHORTEST = 6


@dataclass(frozen=True)
class Wish:
    """`to` is the id of a deployment, or the beginning of its contract's hash or of its commit; ""
    for the one before."""

    to: str = ""
    dry_run: bool = False
    confirmed: bool = False


def listing(served: Served) -> Iterator[str]:
    """A line for each deployment to which the stage can go back, newest first. Raises Refused."""
    known = snapshots(served)
    if not known:
        yield f"The {served} has no earlier deployment yet: each `make deploy` keeps one."
    for each in known:
        mark = "*" if served.deployment in (each.id, each.copy_of) else " "
        yield f"{mark} {each}"
    if known and not any(served.deployment in (each.id, each.copy_of) for each in known):
        yield f"The {served} serves {served.deployment}, which `make deploy` has not kept."


def roll_back(served: Served, wish: Wish) -> int:
    """Returns 0 if the stage was put back, or would be, and 1 if the user does not want it. Raises
    Refused if there is nothing to go back to."""
    known = snapshots(served)
    current = next((each for each in known if served.deployment in (each.id, each.copy_of)), None)
    target = _named(served, known, wish.to) if wish.to else _previous(served, known, current)
    if served.deployment in (target.id, target.copy_of):
        raise Refused(f"The {served} serves {target.id} already.")
    print(f"{served}:")
    print(f"  now: {current or served.deployment}")
    print(f"  to:  {target}")
    if wish.dry_run:
        return 0
    if not (wish.confirmed or _confirmed()):
        print("Nothing was changed.")
        return 1
    change = {"op": "replace", "path": "/deploymentId", "value": target.id}
    served.call("update_stage", stageName=served.stage, patchOperations=[change])
    print(f"The {served} serves {target.id}.")
    for line in _meaning(served, current, target):
        print(line)
    return 0


def _named(served: Served, known: list[Snapshot], to: str) -> Snapshot:
    found = [each for each in known if each.id == to]
    if not found and len(to) >= _SHORTEST:
        found = [
            each for each in known if each.contract.startswith(to) or each.revision.startswith(to)
        ]
    if not found:
        raise Refused(
            f"No deployment of the {served} is {to}: take an id, or {_SHORTEST} characters or more "
            f"of a contract or revision, from `make rollback STACK={served.stack} LIST=1`."
        )
    if len({each.contract for each in found}) > 1:
        raise Refused(
            f"{to} is more than one deployment of the {served}: name one by its id, "
            f"{', '.join(each.id for each in found)}."
        )
    return found[0]


def _previous(served: Served, known: list[Snapshot], current: Snapshot | None) -> Snapshot:
    """The newest that is older than what the stage serves, and of another contract."""
    created = next(
        (each["createdDate"] for each in deployments(served) if each["id"] == served.deployment),
        None,
    )
    for each in known:
        is_older = created is None or each.created < created
        if is_older and (current is None or each.contract != current.contract):
            return each
    raise Refused(
        f"The {served} has no earlier deployment: each `make deploy` that changes the API keeps "
        f"one. `make rollback STACK={served.stack} LIST=1` lists them. To go back without one, "
        "deploy the earlier commit."
    )


def _confirmed() -> bool:
    if not sys.stdin.isatty():
        raise Refused("Nothing was changed: without a terminal, confirm with YES=1.")
    return input("Put the stage back? [y/N] ").strip().lower() in ("y", "yes")


def _meaning(served: Served, current: Snapshot | None, target: Snapshot) -> Iterator[str]:
    yield from _of_function(served, target)
    forward = f"make rollback STACK={served.stack} TO={current.id}" if current else None
    yield (
        "The next `make deploy` moves the stage forward if its contract is not the one that was "
        "deployed last; with the same contract, CloudFormation sees no change and the stage stays. "
        f"To go forward again: {forward or f'make deploy STACK={served.stack} REIMPORT=1'}"
    )
    yield "Until then `contract drift` reports a stale deployment."


def _of_function(served: Served, target: Snapshot) -> Iterator[str]:
    version = served.version()
    if not version or version == target.version:
        return
    yield (
        f"The function stays at version {version} (alias {served.alias}); this deployment was made "
        f"with version {target.version}."
    )
    try:
        served.account.call(
            "lambda",
            "get_function_configuration",
            FunctionName=served.function,
            Qualifier=target.version,
        )
    except Refused as refused:
        if refused.code != "ResourceNotFoundException":
            raise
        yield f"Version {target.version} was deleted: to go back with the function, too, deploy "
        yield f"the commit {target.revision}."
        return
    options = " ".join(served.account.options)
    update = f"aws lambda update-alias --function-name {served.function} --name {served.alias}"
    yield (
        f"To put the function back, too: {update} --function-version {target.version} "
        f"--routing-config AdditionalVersionWeights={{}} {options}"
    )
    yield (
        f"Before the next `make deploy`, put it forward again: {update} --function-version "
        f"{version} --routing-config AdditionalVersionWeights={{}} {options}"
    )
