"""Reports drift as text and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from openapi_first.core.terminal_text import visible
from openapi_first.drift.comparison import Difference, Drift, State


@dataclass(frozen=True, slots=True)
class Stage:
    """The stage that was compared: by its REST API and name, or by the file of an export."""

    api_id: str | None
    name: str | None
    region: str | None
    export: str | None

    def __str__(self) -> str:
        if self.export is not None:
            return self.export
        return f"stage {self.name} of REST API {self.api_id} in {self.region}"


def as_text(stage: Stage, drift: Drift) -> str:
    """The state, each difference, and the remedy."""
    return visible("\n".join(_lines(stage, drift)))


def _lines(stage: Stage, drift: Drift) -> Iterator[str]:
    yield f"{stage}: {drift.state.value}"
    for difference in drift.differences:
        aspect = f" ({difference.aspect})" if difference.aspect else ""
        yield f"  {difference.state.value}: #{difference.pointer}{aspect}"
        for name, value in _sides(difference):
            yield f"      {name:<9} {_value(value)}"
    if drift.differences:
        yield _remedy(stage, drift)


def _sides(difference: Difference) -> Iterator[tuple[str, object]]:
    yield "contract", difference.contract
    if difference.api is not None:
        yield "API now", difference.api
    yield "stage", difference.stage


def _value(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _remedy(stage: Stage, drift: Drift) -> str:
    where = f"--rest-api-id {stage.api_id} --stage-name {stage.name}"
    if drift.state is State.EDITED:
        return (
            "Put the change into the contract, or deploy the contract again: `make deploy` "
            "overwrites what was edited. A contract that changed here without a new info.version "
            "looks the same."
        )
    if not drift.imported:
        return "A different version of the contract is deployed. Deploy this one: `make deploy`."
    if stage.export is not None:
        return "Deploy the contract: `make deploy`."
    return (
        "The API has the contract, but the stage does not serve it yet. Deploy it: "
        f"`aws apigateway create-deployment {where}`."
    )


def as_json(stage: Stage, drift: Drift) -> str:
    """An object with `state` and the list `differences`."""
    listed = [
        {
            "pointer": each.pointer,
            "aspect": each.aspect or None,
            "state": each.state.value,
            **{name.replace("API now", "api"): value for name, value in _sides(each)},
        }
        for each in drift.differences
    ]
    report = {
        "state": drift.state.value,
        "stage": str(stage),
        "remedy": _remedy(stage, drift) if listed else None,
        "differences": listed,
    }
    return json.dumps(report, indent=2, ensure_ascii=False)
