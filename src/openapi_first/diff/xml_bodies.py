"""Compares how the values of XML bodies are written (`xml`, OpenAPI 3.0.3 §4.7.26).

What counts is which elements and attributes are on the wire: the name of an array without
`wrapped` has no effect, nor has a prefix beside a namespace (Namespaces in XML 1.0 §4).
"""

from __future__ import annotations

import json
from typing import Any

from openapi_first.core.media_types import media_type_of
from openapi_first.diff.findings.changes import Changes
from openapi_first.diff.schemas.comparison import SchemaComparison
from openapi_first.diff.schemas.views import Parts, View, parts_of
from openapi_first.openapi.model import MediaType


def is_xml(name: str) -> bool:
    """Whether a media type is one of XML (RFC 7303 §4)."""
    bare = media_type_of(name)
    return bare in ("application/xml", "text/xml") or bare.endswith("+xml")


def compare_xml(
    part: str, old: MediaType, new: MediaType, schemas: SchemaComparison, changes: Changes
) -> None:
    """Reports each value of a body in XML that is written in another way."""
    if is_xml(old.name) and is_xml(new.name):
        walk = _Walk(schemas, changes)
        walk.compare((parts_of(old.schema), parts_of(new.schema)), part, "")


class _Walk:
    def __init__(self, schemas: SchemaComparison, changes: Changes) -> None:
        self._schemas, self._changes = schemas, changes
        self._seen: set[object] = set()

    def compare(self, pair: tuple[Parts, Parts], where: str, name: str) -> None:
        """`name` is that of the property, which an element has unless `xml` gives it another."""
        old, new = pair
        key = tuple(tuple(part.key for part in parts) for parts in pair), name
        if key in self._seen or self._schemas.alike(old, new):
            return
        self._seen.add(key)
        before, after = views = self._schemas.views(old, new)
        one, other = (_written(view, name) for view in views)
        if one != other:
            detail = ", ".join(
                f"{each}: {_text(one.get(each))} → {_text(other.get(each))}"
                for each in sorted(one.keys() | other.keys())
                if one.get(each) != other.get(each)
            )
            self._changes.add("xml-changed", where, before.node, after.node, detail)
        for each, parts in before.declared.items():
            if each in after.declared:
                self.compare((parts, after.declared[each]), f"{where}/{each}", each)
        if before.items and after.items:
            self.compare((before.item(0), after.item(0)), f"{where}/*", name)
        for choices in ((before.any_of, after.any_of), (before.one_of, after.one_of)):
            for choice, another in zip(*choices, strict=False):
                for branch, its in zip(choice.branches, another.branches, strict=False):
                    self.compare((branch.parts, its.parts), where, name)


def _written(view: View, name: str) -> dict[str, Any]:
    """What of `xml` has an effect, with the name that the element or attribute has then."""
    found: dict[str, Any] = {}
    for text in sorted(view.notes.get("xml", ())):
        found |= json.loads(text)
    wrapped = found.get("wrapped") is True
    if view.types == {"array"}:
        if not wrapped:
            return {}  # its items have their own elements
    else:
        found.pop("wrapped", None)
    if "namespace" in found:
        found.pop("prefix", None)
    written = {"name": name} if name else {}
    for key in ("name", "namespace", "prefix", "attribute", "wrapped"):
        if found.get(key) not in (None, False):  # both flags are false by default
            written[key] = found[key]
    return written


def _text(value: Any) -> str:
    return "none" if value is None else str(value)
