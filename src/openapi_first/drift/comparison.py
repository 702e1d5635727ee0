"""Compares the contract's import document, the API's current configuration, and the stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from openapi_first.aws.extensions import GATEWAY_RESPONSES
from openapi_first.drift.api_settings import compared_settings
from openapi_first.drift.canonical import canonical
from openapi_first.drift.control_plane import Deployed, DriftError
from openapi_first.drift.resources import current_document
from openapi_first.drift.variables import expanded

_ABSENT = "absent"
_METHOD_DEPTH = 3  # paths, path, method


class State(Enum):
    """How a stage compares with the contract, the worst first."""

    EDITED = "edited by hand"
    RENAMED = "renamed"
    STALE = "stale deployment"
    IN_SYNC = "in sync"


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that differs. `pointer` is a JSON Pointer into the import document, `aspect` the part
    of the value there; `api` is None if only an export was compared."""

    pointer: str
    aspect: str
    state: State
    contract: Any
    api: Any
    stage: Any


@dataclass(frozen=True, slots=True)
class Drift:
    """`imported` is whether the version of the contract was imported into the API."""

    differences: tuple[Difference, ...]
    imported: bool

    @property
    def state(self) -> State:
        """The worst state found."""
        found = {difference.state for difference in self.differences}
        return next((each for each in State if each in found), State.IN_SYNC)


def compare_deployed(
    document: dict[str, Any], deployed: Deployed, name: str | None = None
) -> Drift:
    """`name` is the one that the API must have, since CloudWatch keeps its metrics by it."""
    current = current_document(deployed)
    exported = deployed.export
    local = canonical(
        expanded(
            document,
            [current, exported],
            region=deployed.region,
            partition=deployed.partition,
        )
    )
    api, stage = canonical(current), canonical(exported)
    if GATEWAY_RESPONSES not in exported:
        # Some exports leave them out entirely.
        stage[GATEWAY_RESPONSES] = api[GATEWAY_RESPONSES]
    found = _drift(document, local, api, stage)
    return replace(found, differences=(*found.differences, *_of_api(document, deployed.api, name)))


def _of_api(
    document: dict[str, Any], api: dict[str, Any], name: str | None
) -> Iterator[Difference]:
    """What no deployment has, so that the stage has what the API has."""
    for pointer, aspect, here, there in compared_settings(document, api):
        yield Difference(pointer, aspect, State.EDITED, here, there, there)
    if name is not None and api.get("name") != name:
        now = api.get("name")
        yield Difference("/info/title", "the name of the API", State.RENAMED, name, now, now)


def compare_export(document: dict[str, Any], exported: dict[str, Any]) -> Drift:
    """Compares an import document with only the export of a stage. The API's current configuration
    is unknown, so a difference within the same contract version counts as edited by hand.

    Raises DriftError if `exported` does not have the shape of an export.
    """
    try:
        region, partition = _origin(exported)
        stage = canonical(exported)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DriftError("this is not an export of API Gateway: export the stage again") from error
    local = canonical(expanded(document, [exported], region=region, partition=partition))
    if GATEWAY_RESPONSES not in exported:
        stage[GATEWAY_RESPONSES] = local[GATEWAY_RESPONSES]
    return _drift(document, local, None, stage)


def _origin(exported: dict[str, Any]) -> tuple[str, str]:
    """Region and partition, from the server URL of an export."""
    for server in exported.get("servers", []):
        host = str(server.get("url", "")).removeprefix("https://").partition("/")[0]
        parts = host.split(".")
        if "execute-api" in parts:
            partition = "aws-cn" if host.endswith(".cn") else "aws"
            region = parts[parts.index("execute-api") + 1]
            return region, "aws-us-gov" if region.startswith("us-gov-") else partition
    return "", "aws"


def _drift(document: dict[str, Any], local: Any, api: Any | None, stage: dict[str, Any]) -> Drift:
    current = stage if api is None else api
    imported = local["info"]["version"] == current["info"]["version"]
    found = []
    for path, (here, there, served) in _different((), (local, current, stage)):
        state = State.STALE if here == there or not imported else State.EDITED
        pointer, aspect = _pointer(document, path)
        now = there if api is not None else None
        found.append(Difference(pointer, aspect, state, here, now, served))
    return Drift(tuple(found), imported)


def _different(
    path: tuple[str, ...], values: tuple[Any, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...]]]:
    """Where the values differ, down to the first that is not a map."""
    if all(value == values[0] for value in values):
        return
    if not all(isinstance(value, dict) for value in values):
        yield path, values
        return
    for key in dict.fromkeys(key for value in values for key in value):
        yield from _different((*path, key), tuple(value.get(key, _ABSENT) for value in values))


def _pointer(document: dict[str, Any], path: tuple[str, ...]) -> tuple[str, str]:
    """The pointer into the import document as written, and the rest of a path that only the
    canonical form has."""
    steps: list[str] = []
    value: Any = document
    for index, step in enumerate(path):
        of_method = path[0] == "paths" and len(steps) == _METHOD_DEPTH + 1
        if of_method and steps[-1] == "parameters":
            written = [f"{each['in']}.{each['name']}" for each in value or []]
            found = str(written.index(step)) if step in written else "-"
            return _written([*steps, found]), "" if step in written else step
        if isinstance(value, list) or (of_method and steps[-1] == "security"):
            return _written(steps), ".".join(path[index:])
        value = value.get(step) if isinstance(value, dict) else None
        steps.append(step)
    return _written(steps), ""


def _written(steps: list[str]) -> str:
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps)
