"""A change of `xml` breaks clients where it changes what is on the wire, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diff.comparing import base, compared, rules, thing

NAMES = {"type": "array", "items": {"type": "string"}}


def bodies(schema: Any, media_type: str = "application/xml") -> dict[str, Any]:
    document = base()
    thing(document)["requestBody"]["content"] = {media_type: {"schema": schema}}
    return document


def of(**xml: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": {"type": "string", "xml": xml}}}


def listed(own: dict[str, Any], items: dict[str, Any]) -> dict[str, Any]:
    array = {**NAMES, "items": {**NAMES["items"], "xml": items}, "xml": own}  # type: ignore[dict-item]
    return {"type": "object", "properties": {"a": array}}


@pytest.mark.parametrize(
    ("old", "new", "on_the_wire"),
    [
        (of(name="b"), of(name="c"), True),
        (of(name="b"), of(), True),
        (of(name="a"), of(), False),
        (of(attribute=True), of(), True),
        (of(attribute=False), of(), False),
        (of(namespace="urn:a"), of(namespace="urn:b"), True),
        (of(namespace="urn:a", prefix="p"), of(namespace="urn:a", prefix="q"), False),
        (of(prefix="p"), of(prefix="q"), True),
        (of(wrapped=True), of(), False),
        (listed({"wrapped": True}, {}), listed({}, {}), True),
        (listed({"name": "b"}, {}), listed({"name": "c"}, {}), False),
        (listed({"name": "b", "wrapped": True}, {}), listed({"wrapped": True}, {}), True),
        (listed({}, {"name": "b"}), listed({}, {"name": "c"}), True),
        ({"type": "object", "xml": {"name": "a"}}, {"type": "object", "xml": {"name": "b"}}, True),
    ],
)
def test_what_is_on_the_wire_decides(old: Any, new: Any, on_the_wire: bool, tmp_path: Path) -> None:
    for one, other in ((old, new), (new, old)):
        changes = compared(tmp_path, bodies(one), bodies(other))
        assert ("xml-changed" in rules(changes)) is on_the_wire
        assert any(change.breaking for change in changes) is on_the_wire


def test_the_place_and_the_words_are_named(tmp_path: Path) -> None:
    (change, *_) = (
        change
        for change in compared(tmp_path, bodies(of(name="b")), bodies(of(attribute=True)))
        if change.rule.id == "xml-changed"
    )
    assert "(application/xml)/a" in change.part
    assert change.detail == "attribute: none → True, name: b → a"


def test_other_bodies_have_no_elements(tmp_path: Path) -> None:
    changes = compared(
        tmp_path, *(bodies(of(name=name), "application/json") for name in ("b", "c"))
    )
    assert rules(changes) == {"description-changed"}


def test_recursive_schemas_end(tmp_path: Path) -> None:
    documents = []
    for name in ("b", "c"):
        document = bodies({"$ref": "#/components/schemas/Tree"}, "application/atom+xml")
        document["components"]["schemas"] = {
            "Tree": {
                "type": "object",
                "properties": {
                    "child": {"$ref": "#/components/schemas/Tree"},
                    "a": {"type": "string", "xml": {"name": name}},
                },
            }
        }
        documents.append(document)
    assert "xml-changed" in rules(compared(tmp_path, *documents))
