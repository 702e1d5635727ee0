"""Deployments of the API that stay, so that the stage can go back to one of them.

CloudFormation deletes the deployment that an update replaces. SAM gives DeletionPolicy of an
AWS::Serverless::Api to the API and the stage as well as to the deployment, so that `Retain` would
leave a whole API behind each stack that is deleted. Therefore each `make deploy` that changes the
API makes a second deployment of the same configuration, which no stage serves and no stack owns
(AWS: API_CreateDeployment, stageName is optional). It is deleted with its API.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from openapi_first.deployment.gateway.served import Served

KEPT = 10
"""API Gateway has no quota of deployments for a REST API (AWS:
api-gateway-execution-service-limits-table); ten releases are a way back, not an archive."""

_DESCRIPTION = re.compile(
    r"contract (?P<contract>[0-9a-f]+|unknown), revision (?P<revision>\S+), "
    r"version (?P<version>\S+?)(, copy of (?P<copy_of>\S+))?"
)
_RECENT = timedelta(hours=1)
_NEVER = datetime.min.replace(tzinfo=UTC)
_SHOWN = 12
_PAGE = 500


@dataclass(frozen=True)
class Snapshot:
    """A deployment that stays. `contract` is the hash of the contract, `revision` the commit,
    `version` that of the function at the time, `copy_of` the deployment of CloudFormation that has
    the same configuration ("" for one that a re-import made). `id` and `created` are API
    Gateway's."""

    contract: str
    revision: str
    version: str
    copy_of: str = ""
    id: str = ""
    created: datetime = _NEVER

    @property
    def description(self) -> str:
        copy = f", copy of {self.copy_of}" if self.copy_of else ""
        return (
            f"contract {self.contract or 'unknown'}, revision {self.revision or 'unknown'}, "
            f"version {self.version or 'unknown'}{copy}"
        )

    def __str__(self) -> str:
        """Short, for people."""
        return (
            f"{self.id}  {self.created:%Y-%m-%d %H:%M} UTC  contract {self.contract[:_SHOWN]}  "
            f"revision {self.revision[:_SHOWN]}  version {self.version}"
        )


def snapshots(served: Served) -> list[Snapshot]:
    """Those of the API, newest first. Raises Refused."""
    found = list[Snapshot]()
    for each in deployments(served):
        match = _DESCRIPTION.fullmatch(each.get("description") or "")
        if match is not None:
            named = {name: value or "" for name, value in match.groupdict().items()}
            found.append(Snapshot(**named, id=each["id"], created=each["createdDate"]))
    return sorted(found, key=lambda each: each.created, reverse=True)


def deployments(served: Served) -> Iterator[dict[str, object]]:
    """Every deployment of the API, as API Gateway describes it. Raises Refused."""
    position: dict[str, str] = {}
    while True:
        page = served.call("get_deployments", limit=_PAGE, **position)
        yield from page.get("items", [])
        if not page.get("position"):
            return
        position = {"position": page["position"]}


def keep(served: Served, revision: str, contract: str) -> Snapshot | None:
    """Keeps what the stage serves after a deployment; None if that is kept already.

    If only the function has changed since, the snapshot names the new version and revision. What
    CloudFormation has not just deployed is not kept: it may have been edited since. Raises Refused.
    """
    known, version = snapshots(served), served.version()
    now = Snapshot(contract, revision, version, served.deployment)
    if any(each.id == served.deployment for each in known):
        return None  # after a rollback or a re-import, which the deployment has not undone
    copy = next((each for each in known if each.copy_of == served.deployment), None)
    if copy is not None:
        now = replace(now, contract=copy.contract)
        if copy.description != now.description:
            change = {"op": "replace", "path": "/description", "value": now.description}
            served.call("update_deployment", deploymentId=copy.id, patchOperations=[change])
        return None
    current = served.call("get_deployment", deploymentId=served.deployment)
    if datetime.now(UTC) - current["createdDate"] > _RECENT:
        return None
    made = served.call("create_deployment", description=now.description)
    prune(served, known)
    return replace(now, id=made["id"], created=made["createdDate"])


def prune(served: Served, older: list[Snapshot]) -> None:
    """Deletes all but the newest of the snapshots that were there before the newest one, and none
    that a stage serves. Raises Refused."""
    stages = served.call("get_stages")["item"]
    in_use = {each["deploymentId"] for each in stages}
    for each in older[KEPT - 1 :]:
        if each.id not in in_use:
            served.call("delete_deployment", deploymentId=each.id)
