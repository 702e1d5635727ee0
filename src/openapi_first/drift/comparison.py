"""Compares the contract's import document, the API as it is now, and what the stage serves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from openapi_first.drift.canonical import canonical
from openapi_first.drift.control_plane import Deployed, DriftError
from openapi_first.drift.resources import current_document
from openapi_first.drift.variables import expanded

_GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"
_ABSENT = "absent"
_METHOD_DEPTH = 3  # paths, path, method


class State(Enum):
    """What a stage is, compared with the contract."""

    IN_SYNC = "in sync"
    STALE = "stale deployment"
    EDITED = "edited by hand"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not the same everywhere. `pointer` is a JSON Pointer into the import
    document, `aspect` what of the value there; `api` is None when the API as it is now was not
    looked at."""

    pointer: str
    aspect: str
    state: State
    contract: Any
    api: Any
    stage: Any


@dataclass(frozen=True, slots=True)
class Drift:
    """All that differs. `imported` says whether the API as it is now has the contract's version."""

    differences: tuple[Difference, ...]
    imported: bool

    @property
    def state(self) -> State:
        """The worst that was found."""
        found = {difference.state for difference in self.differences}
        return next((each for each in (State.EDITED, State.STALE) if each in found), State.IN_SYNC)


def compare_deployed(document: dict[str, Any], deployed: Deployed) -> Drift:
    """Compares an import document with what API Gateway holds."""
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
    if _GATEWAY_RESPONSES not in exported:
        # An export that has none of them at all says nothing of them.
        stage[_GATEWAY_RESPONSES] = api[_GATEWAY_RESPONSES]
    return _drift(document, local, api, stage)


def compare_export(document: dict[str, Any], exported: dict[str, Any]) -> Drift:
    """Compares an import document with the export of a stage alone. What the API holds beside is
    not known then, so a difference within one version of the contract counts as made by hand.

    Raises DriftError for what does not have the shape of an export.
    """
    try:
        region, partition = _origin(exported)
        stage = canonical(exported)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DriftError("this is no export of API Gateway: export the stage again") from error
    local = canonical(expanded(document, [exported], region=region, partition=partition))
    if _GATEWAY_RESPONSES not in exported:
        stage[_GATEWAY_RESPONSES] = local[_GATEWAY_RESPONSES]
    return _drift(document, local, None, stage)


def _origin(exported: dict[str, Any]) -> tuple[str, str]:
    """The region and partition that an export names in its server's URL."""
    for server in exported.get("servers", []):
        host = str(server.get("url", "")).removeprefix("https://").partition("/")[0]
        parts = host.split(".")
        if "execute-api" in parts:
            partition = "aws-cn" if host.endswith(".cn") else "aws"
            region = parts[parts.index("execute-api") + 1]
            return region, "aws-us-gov" if region.startswith("us-gov-") else partition
    return "", "aws"


def _drift(document: dict[str, Any], local: Any, api: Any | None, stage: dict[str, Any]) -> Drift:
    held = stage if api is None else api
    imported = local["info"]["version"] == held["info"]["version"]
    found = []
    for path, (here, there, served) in _different((), (local, held, stage)):
        state = State.STALE if here == there or not imported else State.EDITED
        pointer, aspect = _pointer(document, path)
        now = there if api is not None else None
        found.append(Difference(pointer, aspect, state, here, now, served))
    return Drift(tuple(found), imported)


def _different(
    path: tuple[str, ...], values: tuple[Any, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...]]]:
    """Where the values differ, as deep as all of them are maps."""
    if all(value == values[0] for value in values):
        return
    if not all(isinstance(value, dict) for value in values):
        yield path, values
        return
    for key in dict.fromkeys(key for value in values for key in value):
        yield from _different((*path, key), tuple(value.get(key, _ABSENT) for value in values))


def _pointer(document: dict[str, Any], path: tuple[str, ...]) -> tuple[str, str]:
    """The pointer into the import document as it is written, and what the form says beyond it."""
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
