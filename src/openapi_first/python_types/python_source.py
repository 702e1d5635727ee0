"""Writes literals, unions, docstrings and class names as Python source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from keyword import iskeyword
from typing import Any

_LONGEST_SUMMARY = 80
_BUILTINS = frozenset({"bool", "bytes", "dict", "float", "int", "list", "str"})
"""The builtin types that type expressions have."""
# A quoted string is one word.
_WORD = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\w+""")


def renamed(expression: str, names: Mapping[str, str]) -> str:
    """A type expression with other names; strings in it stay."""
    return _WORD.sub(lambda found: names.get(found[0], found[0]), expression)


def shadowed_builtins(functions: Iterable[str]) -> dict[str, str]:
    """The builtin types whose names functions of the same scope have, with their full names."""
    return {name: f"builtins.{name}" for name in sorted(_BUILTINS.intersection(functions))}


def quoted(text: str) -> str:
    """A string literal, in ASCII."""
    return json.dumps(text) if text.isascii() and text.isprintable() else _escaped(text)


def _escaped(text: str) -> str:
    return '"' + ascii(text)[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'


def literal(values: list[Any]) -> str | None:
    """`Literal[...]` of the values; None when one of them is not allowed in it (PEP 586)."""
    if not values or not all(value is None or isinstance(value, str | int) for value in values):
        return None
    written = [quoted(value) if isinstance(value, str) else repr(value) for value in values]
    return f"Literal[{', '.join(dict.fromkeys(written))}]"


def union(expressions: Iterable[str]) -> str:
    """The union of type expressions without duplicates, `None` last; `Any` replaces the others."""
    parts = dict.fromkeys(part for expression in expressions for part in _parts(expression))
    if "Any" in parts:
        return "Any"
    if "Never" in parts and len(parts) > 1:
        del parts["Never"]
    if "None" in parts:
        del parts["None"]
        parts["None"] = None
    return " | ".join(parts)


def _parts(expression: str) -> list[str]:
    """The members of a union, which may contain brackets and strings."""
    parts, depth, start, inside = [], 0, 0, False
    at = 0
    while at < len(expression):
        letter = expression[at]
        if inside:
            at += letter == "\\"
            inside = letter != '"'
        elif letter == '"':
            inside = True
        elif letter in "[(":
            depth += 1
        elif letter in "])":
            depth -= 1
        elif letter == "|" and not depth:
            parts.append(expression[start:at].strip())
            start = at + 1
        at += 1
    return [*parts, expression[start:].strip()]


def docstring(text: str, fallback: str) -> str:
    """A docstring of one line, shortened if needed."""
    summary = " ".join(text.split()) or fallback
    if len(summary) > _LONGEST_SUMMARY:
        summary = summary[:_LONGEST_SUMMARY].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    summary = summary.replace("\\", "/").replace('"', "'")
    return f'"""{"".join(letter for letter in summary if letter.isprintable())}"""'


_BORDERS = re.compile(r"[^0-9A-Za-z]+")
_RESERVED = frozenset(
    {
        *("Any", "Decimal", "Literal", "Never", "NotRequired", "Operations", "Protocol"),
        *("FormFile", "Reply", "TypeAlias", "TypedDict", "None", "True", "False"),
    }
)


class ClassNames:
    """Gives each class a name by PEP 8; a name that is taken gets a number."""

    def __init__(self) -> None:
        self._taken = {name.lower() for name in _RESERVED}

    def give(self, *parts: str) -> str:
        """`GetItemBody` for the parts `get-item` and `body`."""
        words = [word for part in parts for word in _BORDERS.split(part) if word]
        name = "".join(word[0].upper() + word[1:] for word in words)
        if not name.isidentifier() or iskeyword(name):
            name = f"Schema{name}"
        given, number = name, 2
        while given.lower() in self._taken:
            given, number = f"{name}{number}", number + 1
        self._taken.add(given.lower())
        return given
