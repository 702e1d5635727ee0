"""Parses parameters by their style (OpenAPI 3.0.3 §4.7.12.3, RFC 6570).

The results consist of strings; `runtime.coercion` converts them. `decode` undoes the encoding of
the parameter's location for each part, after the text was split.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

Raw = str | list[str] | dict[str, str]
"""A string, the items of an array, or the members of an object."""

Nested = list[str] | dict[str, "Nested"]
"""The strings that a name was sent with, or what its brackets have."""

_Decode = Callable[[str], str]
_BRACKETS = re.compile(r"(?:\[[^\[\]]*\])+")
_MOST_LEVELS = 32
_LONGEST_SHOWN = 100
_DELIMITERS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}


def split_path_value(
    text: str, style: str, name: str, types: Sequence[str], explode: bool, decode: _Decode
) -> Raw:
    """The value of a path parameter. Raises ValueError for a text that is not in the style."""
    if style == "label":
        return _split_label(text, types, explode, decode)
    if style == "matrix":
        return _split_matrix(text, name, types, explode, decode)
    return split_simple(text, types, explode, decode)


def split_simple(text: str, types: Sequence[str], explode: bool, decode: _Decode) -> Raw:
    """`5`, `3,4,5`, `R,100,G,200`, or exploded `R=100,G=200`."""
    return _split(text, types, ",", "," if explode else None, decode)


def _split_label(text: str, types: Sequence[str], explode: bool, decode: _Decode) -> Raw:
    """`.5`, `.3,4,5` (exploded `.3.4.5`), `.R,100` (exploded `.R=100.G=200`).

    The unexploded form is RFC 6570's `{.list}`, as OpenAPI 3.0.4 and 3.1 show it; the example in
    3.0.0 to 3.0.3 was an error.
    """
    if not text.startswith("."):
        raise ValueError("must start with a dot (style `label`)")
    delimiter = "." if explode else ","
    return _split(text[1:], types, delimiter, "." if explode else None, decode)


def _split_matrix(
    text: str, name: str, types: Sequence[str], explode: bool, decode: _Decode
) -> Raw:
    """`;p=5`, `;p=3,4,5` (exploded `;p=3;p=4`), `;p=R,100` (exploded `;R=100;G=200`)."""
    if not text.startswith(";"):
        raise ValueError("must start with a semicolon (style `matrix`)")
    if explode and "object" in types:
        return _pairs(text[1:].split(";"), decode)
    texts = []
    for part in text[1:].split(";") if explode else [text[1:]]:
        given, _, value = part.partition("=")
        if given != name:
            raise ValueError(f"must start with `;{name}=` (style `matrix`)")
        texts.append(value)
    if explode and "array" in types:
        return [decode(value) for value in texts]
    return _split(texts[0], types, ",", None, decode)


def split_value(text: str, style: str, types: Sequence[str]) -> Raw:
    """The decoded value of a query, cookie or form parameter that is not exploded."""
    return _split(text, types, _DELIMITERS.get(style, ","), None, str)


def nested_parts(
    name: str, texts: Mapping[str, Sequence[str]], claimed: Collection[str] = ()
) -> Nested | None:
    """What is sent of a parameter in the style `deepObject`, by the names in its brackets:
    `p[a][b]=1&p[c][]=2` becomes `{"a": {"b": ["1"]}, "c": {"": ["2"]}}`, and `p=3` becomes `["3"]`.
    None when nothing is sent. `claimed` are the names of other parameters.

    OpenAPI leaves everything but flat objects undefined (3.0.3 §4.7.12.3). The names are split as
    the JavaScript library `qs` and Ruby's Rack do; `runtime.coercion` says what they mean. Raises
    ValueError for names that contradict each other, or that are nested too deeply.
    """
    found: dict[str, Nested] = {}
    for key in names_used("deepObject", name, texts, claimed):
        if key == name:
            continue
        *parents, last = _steps(key, name)
        level = found
        for step in parents:
            below = level.setdefault(step, {})
            if isinstance(below, list):
                raise _contradiction(key)
            level = below
        if last in level:
            raise _contradiction(key)
        level[last] = list(texts[key])
    whole = list(texts.get(name, ()))
    if whole and found:
        raise _contradiction(name)
    return whole or found or None


def _contradiction(key: str) -> ValueError:
    return ValueError(f"{shown(key)} contradicts another name: a value has no members")


def _steps(key: str, name: str) -> list[str]:
    """The names in the brackets after the parameter's own."""
    path = key[len(name) :]
    if not _BRACKETS.fullmatch(path):
        raise ValueError(f"{shown(key)} is not written like {name}[a][b]")
    steps = path[1:-1].split("][")
    if len(steps) > _MOST_LEVELS:
        raise ValueError(f"is nested more than {_MOST_LEVELS} levels deep")
    return steps


def shown(key: str) -> str:
    """A name that a client sent, for messages."""
    return key if len(key) <= _LONGEST_SHOWN else f"{key[:_LONGEST_SHOWN]}…"


def names_used(
    style: str, name: str, names: Iterable[str], claimed: Collection[str] = ()
) -> list[str]:
    """Those of a form's names that belong to the member `name` in a style; in `deepObject` also
    those with brackets, unless another member is called so (`claimed`)."""
    if style != "deepObject":
        return [name]
    return [
        each
        for each in names
        if each == name or (each.startswith(f"{name}[") and each not in claimed)
    ]


def _split(
    text: str, types: Sequence[str], delimiter: str, pairs: str | None, decode: _Decode
) -> Raw:
    if "object" in types:
        if not text:
            return {}  # an object with members is never an empty text
        if pairs is not None:
            return _pairs(text.split(pairs), decode)
        parts = [decode(part) for part in text.split(delimiter)]
        if len(parts) % 2:
            raise ValueError("must alternate names and values")
        return dict(zip(parts[::2], parts[1::2], strict=True))
    if "array" in types:
        return [decode(part) for part in text.split(delimiter)]
    return decode(text)


def _pairs(parts: list[str], decode: _Decode) -> dict[str, str]:
    found = {}
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals:
            raise ValueError("must have members of the form name=value")
        found[decode(name)] = decode(value)
    return found
