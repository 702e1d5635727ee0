"""What to do about drift: commands, each of which works as it is printed.

`make deploy` is a remedy only where the document differs from the one that CloudFormation has: it
does not import the same document again (AWS: using-cfn-updating-stacks).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from openapi_first.drift.comparison import Drift, State

_DOCUMENT = "build/openapi.gateway.json"


@dataclass(frozen=True, slots=True)
class Stage:
    """The stage that was compared: by its REST API and name, or by the file of an export.
    `api_name` is the name that the API is to have after an import, `gateway_options` those of
    `contract gateway` for the document that was compared."""

    api_id: str | None
    name: str | None
    region: str | None
    export: str | None
    api_name: str = ""
    gateway_options: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.export is not None:
            return self.export
        return f"stage {self.name} of REST API {self.api_id} in {self.region}"


def remedies(stage: Stage, drift: Drift) -> Iterator[str]:
    """Lines; each command that works without the deploy scripts is a separate line."""
    states = {difference.state for difference in drift.differences}
    if State.EDITED in states:
        yield (
            "Put the change into the contract, or import the contract again, over what was edited: "
            "`make deploy REIMPORT=1`" + (". Without the deploy scripts:" if stage.api_id else ".")
        )
        yield from _import(stage)
        yield "A contract that changed here without a new info.version looks the same."
        return
    if State.RENAMED in states:
        yield "Alarms and dashboards look for the other name. Put it back:"
        yield _rename(stage)
    if State.STALE not in states:
        return
    if not drift.imported:
        yield (
            "A different version of the contract is deployed. Deploy this one: `make deploy`, or "
            "`make deploy REIMPORT=1` if CloudFormation sees no change, since the other version "
            "was imported outside of it."
        )
    elif stage.api_id is None:
        yield "Deploy the contract: `make deploy REIMPORT=1`."
    else:
        yield (
            "The API has the contract, but the stage does not serve it: it was not deployed, or "
            "the stage was put back on an earlier deployment. Deploy it:"
        )
        yield _deploy(stage)


def _import(stage: Stage) -> Iterator[str]:
    if stage.api_id is None:
        return
    yield f"  {shlex.join(['contract', 'gateway', *stage.gateway_options, '-o', _DOCUMENT])}"
    how = f"--mode overwrite --fail-on-warnings --body fileb://{_DOCUMENT}"
    yield _command(stage, "put-rest-api", how)
    if stage.api_name:
        # The document's title becomes the name.
        yield _rename(stage)
    yield _deploy(stage)


def _rename(stage: Stage) -> str:
    change = shlex.quote(f"op=replace,path=/name,value={stage.api_name}")
    return _command(stage, "update-rest-api", f"--patch-operations {change}")


def _deploy(stage: Stage) -> str:
    return _command(stage, "create-deployment", f"--stage-name {stage.name}")


def _command(stage: Stage, operation: str, options: str) -> str:
    """A separate line, which can be copied."""
    return (
        f"  aws apigateway {operation} --rest-api-id {stage.api_id} {options} "
        f"--region {stage.region}"
    )
