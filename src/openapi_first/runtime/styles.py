"""Styles of parameters: taking a text apart into a scalar, the items of an array, or the members of
an object (OpenAPI 3.0.3 §4.7.12.3, RFC 6570).

Everything here gives strings; `runtime.coercion` makes values of them. `decode` undoes what the
place of the parameter did to each part, after the string was taken apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Raw = str | list[str] | dict[str, str]
"""A text, an array's items, or an object's members."""

_Decode = Callable[[str], str]
_DELIMITERS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}


def split_simple(text: str, types: Sequence[str], explode: bool, decode: _Decode) -> Raw:
    """`5`, `3,4,5`, `R,100,G,200`, or exploded `R=100,G=200`."""
    return _split(text, types, ",", "," if explode else None, decode)


def split_label(text: str, types: Sequence[str], explode: bool, decode: _Decode) -> Raw:
    """`.5`, `.3,4,5` (exploded `.3.4.5`), `.R,100` (exploded `.R=100.G=200`).

    The unexploded form is RFC 6570's `{.list}`, as OpenAPI 3.0.4 and 3.1 show it; the example in
    3.0.0 to 3.0.3 was a slip. Raises ValueError without the dot.
    """
    if not text.startswith("."):
        raise ValueError("it begins with a dot in the style `label`")
    delimiter = "." if explode else ","
    return _split(text[1:], types, delimiter, "." if explode else None, decode)


def split_matrix(text: str, name: str, types: Sequence[str], explode: bool, decode: _Decode) -> Raw:
    """`;p=5`, `;p=3,4,5` (exploded `;p=3;p=4`), `;p=R,100` (exploded `;R=100;G=200`)."""
    if not text.startswith(";"):
        raise ValueError("it begins with a semicolon in the style `matrix`")
    if explode and "object" in types:
        return _pairs(text[1:].split(";"), decode)
    texts = []
    for part in text[1:].split(";") if explode else [text[1:]]:
        given, _, value = part.partition("=")
        if given != name:
            raise ValueError(f"it begins with `;{name}=` in the style `matrix`")
        texts.append(value)
    if explode and "array" in types:
        return [decode(value) for value in texts]
    return _split(texts[0], types, ",", None, decode)


def split_value(text: str, style: str, types: Sequence[str]) -> Raw:
    """A decoded text of a query, a cookie or a form, in a style that does not explode."""
    return _split(text, types, _DELIMITERS.get(style, ","), None, str)


def _split(
    text: str, types: Sequence[str], delimiter: str, pairs: str | None, decode: _Decode
) -> Raw:
    if "object" in types:
        if not text:
            return {}  # no object with members is written like that
        if pairs is not None:
            return _pairs(text.split(pairs), decode)
        parts = [decode(part) for part in text.split(delimiter)]
        if len(parts) % 2:
            raise ValueError("it takes names and values in turn")
        return dict(zip(parts[::2], parts[1::2], strict=True))
    if "array" in types:
        return [decode(part) for part in text.split(delimiter)]
    return decode(text)


def _pairs(parts: list[str], decode: _Decode) -> dict[str, str]:
    found = {}
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals:
            raise ValueError("it takes members as name=value")
        found[decode(name)] = decode(value)
    return found
