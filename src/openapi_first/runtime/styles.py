"""Parses parameters by their style (OpenAPI 3.0.3 §4.7.12.3, RFC 6570).

The results consist of strings; `runtime.coercion` converts them. `decode` undoes the encoding of
the parameter's location for each part, after the text was split.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

Raw = str | list[str] | dict[str, str]
"""A string, the items of an array, or the members of an object."""

_Decode = Callable[[str], str]
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


def prefixed_members(
    style: str, name: str, texts: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[str]] | None:
    """The members of an object in a style that puts the parameter's name before theirs, as
    `deepObject` does in `p[R]=100&p[G]=200`; None for other styles."""
    if style != "deepObject":
        return None
    prefix = f"{name}["
    return {
        key[len(prefix) : -1]: values
        for key, values in texts.items()
        if key.startswith(prefix) and key.endswith("]")
    }


def names_used(style: str, name: str, names: Iterable[str]) -> set[str]:
    """Those of a form's names that belong to the member `name` in a style."""
    if style != "deepObject":
        return {name}
    return {each for each in names if each.startswith(f"{name}[")}


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
