"""Writes out the loops of a template, before anything else reads it.

AWS: intrinsic-function-reference-foreach, transform-aws-languageextensions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from openapi_first.core.json_pointer import escaped
from openapi_first.templates.files.errors import Problems
from openapi_first.templates.intrinsics.parameters import text_of

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
_SUB = "Fn::Sub"
_LOOP = "Fn::ForEach::"
_PLACEHOLDER = re.compile(r"([$&])\{\s*([A-Za-z0-9_.:]+)\s*\}")
_OF_NAMES = re.compile(r"[^A-Za-z0-9]")
_MOST = 10_000
"""Of all loops together. AWS takes 500 resources."""


def has_extensions(template: Mapping[str, Any]) -> bool:
    """Whether the template asks for the transform that knows loops."""
    transforms = template.get("Transform")
    return LANGUAGE_EXTENSIONS in (transforms if isinstance(transforms, list) else [transforms])


class Loops:
    """`resolve` resolves a collection, given its JSON Pointer."""

    def __init__(self, problems: Problems, resolve: Callable[[Any, str], Any]) -> None:
        self._problems, self._resolve = problems, resolve
        self._origins = dict(problems.source.origins)
        self._count = 0

    def expanded(self, template: Mapping[str, Any]) -> dict[str, Any]:
        """The template without loops; places in what they make are those in the loop."""
        found = self._object(template, "", "", {})
        self._problems.source = replace(self._problems.source, value=found, origins=self._origins)
        return found

    def _value(self, value: Any, written: str, made: str, bound: Mapping[str, str]) -> Any:
        """`written` is the place in the template, `made` that in the result."""
        if isinstance(value, str):
            return _filled(value, bound) if bound else value
        if isinstance(value, list):
            return [
                self._value(each, f"{written}/{at}", f"{made}/{at}", bound)
                for at, each in enumerate(value)
            ]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and isinstance(value.get("Ref"), str) and value["Ref"] in bound:
            return bound[value["Ref"]]
        found = self._object(value, written, made, bound)
        text = found.get(_SUB)
        # SAM takes no function for a path, and this one has nothing more to resolve.
        is_done = bound and len(found) == 1 and isinstance(text, str) and "${" not in text
        return text if is_done else found

    def _object(
        self, value: Mapping[str, Any], written: str, made: str, bound: Mapping[str, str]
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, each in value.items():
            below = f"{written}/{escaped(text_of(key))}"
            if isinstance(key, str) and key.startswith(_LOOP):
                self._loop(each, below, made, bound, found)
            else:
                name = _filled(key, bound) if isinstance(key, str) else key
                found[name] = self._value(each, below, f"{made}/{escaped(text_of(name))}", bound)
        return found

    def _loop(
        self, loop: Any, written: str, made: str, bound: Mapping[str, str], found: dict[str, Any]
    ) -> None:
        report = self._problems.report
        match loop:
            case [str() as name, collection, dict() as outputs] if outputs:
                pass
            case _:
                detail = "a loop needs an identifier, a collection and an object"
                report(written, detail, "Write [IDENTIFIER, [VALUE, …], {KEY: VALUE}].")
                return
        values = self._resolve(
            self._value(collection, f"{written}/1", f"{written}/1", bound), f"{written}/1"
        )
        if not isinstance(values, list) or any(isinstance(each, dict | list) for each in values):
            report(f"{written}/1", "the collection is not a list of strings", "Write a list.")
            return
        for each in map(text_of, values):
            self._count += 1
            if self._count > _MOST:
                report(written, f"the loops make more than {_MOST} values", "Split the template.")
                return
            inner = {**bound, name: each}
            for key, value in outputs.items():
                below = f"{written}/2/{escaped(text_of(key))}"
                if isinstance(key, str) and key.startswith(_LOOP):
                    self._loop(value, below, made, inner, found)
                    continue
                filled = _filled(text_of(key), inner)
                place = f"{made}/{escaped(filled)}"
                if filled in found:
                    detail = f"the loop makes {filled} again"
                    report(below, detail, f"Write ${{{name}}} in the key.")
                    continue
                self._origins[place] = self._problems.source.origin(below)
                found[filled] = self._value(value, below, place, inner)


def _filled(text: str, bound: Mapping[str, str]) -> str:
    """With `&{}`, only letters and digits of a value are written."""

    def value(match: re.Match[str]) -> str:
        found = bound.get(match[2])
        if found is None:
            return match[0]
        return _OF_NAMES.sub("", found) if match[1] == "&" else found

    return _PLACEHOLDER.sub(value, text)
