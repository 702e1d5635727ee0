"""The relation of the two sets of values decides; the rules name the place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from diff.comparing import REPLY, base, compared, edit, rules, with_bodies
from diff.test_soundness import written
from openapi_first.diff.findings.rules import Effect
from openapi_first.diff.schemas import keywords
from openapi_first.diff.schemas.containment import Containment
from openapi_first.diff.schemas.views import View, parts_of
from openapi_first.schemas.directions import Direction

LONG = {"type": "object", "properties": {"a": {"type": "string", "minLength": 3}}}
SHORT = {"type": "object", "properties": {"a": {"type": "string", "minLength": 2}}}


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule compares keywords."""

    def none(_old: View, _new: View) -> Iterator[keywords.KeywordChange]:
        return iter(())

    monkeypatch.setattr(keywords, "changes", none)


@pytest.mark.usefixtures("blind")
def test_a_change_that_no_rule_sees_is_reported_at_its_schema(tmp_path: Path) -> None:
    for old, new, request, response in (
        (SHORT, LONG, "narrowed", "narrowed"),
        (LONG, SHORT, "widened", "widened"),
    ):
        there = compared(tmp_path, with_bodies(old, {}), with_bodies(new, {}))
        assert rules(there) == {f"request-schema-{request}"}
        assert [change.part.rpartition("/")[2] for change in there] == ["a"]
        assert [change.breaking for change in there] == [request == "narrowed"]
        back = compared(tmp_path, with_bodies({}, old), with_bodies({}, new))
        assert rules(back) == {f"response-schema-{response}"}
        assert [change.breaking for change in back] == [response == "widened"]


def test_a_new_property_that_nobody_sends_is_no_narrowing(tmp_path: Path) -> None:
    """Also where the schema is reached again, and where it leads back to itself."""
    pair = []
    for more in ({}, {"b": {"type": "string"}}):
        document = base()
        edit(*REPLY, to={"type": "array", "items": {"$ref": "#/components/schemas/Tree"}})(document)
        document["paths"]["/others"]["get"]["responses"]["200"]["content"] = {
            "application/json": {"schema": {"items": {"$ref": "#/components/schemas/Tree"}}}
        }
        tree = {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
        properties: dict[str, Any] = {"children": tree, **more}
        document["components"]["schemas"] = {"Tree": {"type": "object", "properties": properties}}
        pair.append(document)
    assert rules(compared(tmp_path, *pair)) == {"response-property-added"}


@pytest.mark.parametrize("direction", Direction)
def test_what_nothing_decides_is_reported_as_undecided(
    direction: Direction, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openapi_first.diff.schemas.containment._LARGEST", 0)
    side = direction.name.lower()
    schemas = ({"type": "string", "pattern": "^a+$"}, {"type": "string", "pattern": "^b+$"})
    pair = [
        with_bodies(each, {}) if side == "request" else with_bodies({}, each) for each in schemas
    ]
    (change,) = compared(tmp_path, *pair)
    assert change.rule.id == f"{side}-pattern-undecided"
    assert change.breaking
    assert "cannot be decided" in change.sentence


def test_the_relation_says_what_is_sure() -> None:
    containment = Containment(Direction.REQUEST, "3.0", "3.0")
    long, short = parts_of(written("a", LONG)), parts_of(written("b", SHORT))
    assert containment.relation(short, long).possible == Effect.NARROWER
    assert containment.relation(short, long).proved == Effect.NARROWER
    assert containment.relation(long, short).proved == Effect.WIDER
