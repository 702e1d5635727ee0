"""Reports drift as text and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from openapi_first.core.terminal_text import visible
from openapi_first.drift.comparison import Difference, Drift
from openapi_first.drift.remedies import Stage, remedies


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
        yield from remedies(stage, drift)


def _sides(difference: Difference) -> Iterator[tuple[str, object]]:
    yield "contract", difference.contract
    if difference.api is not None:
        yield "API now", difference.api
    yield "stage", difference.stage


def _value(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"


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
        "remedy": "\n".join(remedies(stage, drift)) if listed else None,
        "differences": listed,
    }
    return json.dumps(report, indent=2, ensure_ascii=False)
