"""Annotations in a wrong shape: nothing depends on them, so they are left out, not refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from openapi_first.dialects.objects import SCHEMA, Object, objects_of
from openapi_first.dialects.part import Part

_TEXT = "a string"


def _is_documentation(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("url"), str)


def _is_xml(value: Any) -> bool:
    names, flags = ("name", "namespace", "prefix", "nodeType"), ("attribute", "wrapped")
    return (
        isinstance(value, dict)
        and all(isinstance(value[key], str) for key in names if key in value)
        and all(isinstance(value[key], bool) for key in flags if key in value)
    )


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _are_objects(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, dict) for each in value.values())


_Shape = tuple[Callable[[Any], bool], str]
_STRING: _Shape = (lambda value: isinstance(value, str), _TEXT)
_ANYWHERE: dict[str, _Shape] = {
    "description": _STRING,
    "summary": _STRING,
    "deprecated": (lambda value: isinstance(value, bool), "true or false"),
    "externalDocs": (_is_documentation, "an object with a `url`"),
}
_IN_SCHEMAS: dict[str, _Shape] = {
    **_ANYWHERE,
    "title": _STRING,
    "$comment": _STRING,
    "xml": (_is_xml, "an XML Object"),
    "examples": (lambda value: isinstance(value, list), "an array of examples"),
}
_ELSEWHERE: dict[str, _Shape] = {
    **_ANYWHERE,
    "examples": (_are_objects, "an object with a name for each example"),
}
_OF_OPERATIONS: dict[str, _Shape] = {**_ELSEWHERE, "tags": (_are_names, "an array of strings")}


def drop_misshapen(root: Part, version: str) -> Iterator[tuple[Part, str]]:
    """Removes each annotation of a wrong shape from the values of the contract; yields it, and
    what is wrong. `version` is `2.0`, `3.0`, `3.1` or `3.2`."""
    for each in list(objects_of(root)):
        for key, detail in list(_misshapen(each, version)):
            yield each.member(key), detail
            if key == "description" and each.kind == "responses":
                each.value[key] = ""  # required
            else:
                del each.value[key]


def _misshapen(owner: Object, version: str) -> Iterator[tuple[str, str]]:
    value = owner.value
    if owner.kind == SCHEMA:
        shapes = _IN_SCHEMAS
    else:
        shapes = _OF_OPERATIONS if "responses" in value and owner.part.pointer else _ELSEWHERE
    for key in shapes.keys() & value.keys():
        holds, expected = shapes[key]
        if key == "examples" and version == "2.0" and owner.kind == "responses":
            holds, expected = lambda found: isinstance(found, dict), "an object by media type"
        if key == "examples" and owner.kind == SCHEMA and version in ("2.0", "3.0"):
            yield key, "`examples` is not a keyword of this version; write `example`"
        elif not holds(value[key]):
            yield key, f"{key} is not {expected}"
    if version != "2.0" and owner.kind != SCHEMA and {"example", "examples"} <= value.keys():
        yield "example", "example stands beside examples, which exclude each other"
