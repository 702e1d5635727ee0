"""Serialises parameters and members of forms by style (OpenAPI 3.0.3 §4.7.12.2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from openapi_first.openapi.model import MediaType, Parameter
from openapi_first.openapi.styles import STYLES
from openapi_first.schemas.form_members import FormMember, form_members

_MOST_LEVELS = 32
_DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}


class NotSendable(Exception):
    """A request cannot carry the value there."""


def parameter_text(parameter: Parameter, value: Any) -> str:
    """A path or header parameter; percent-encoded for paths. Raises NotSendable."""
    encode = _encoded if parameter.location == "path" else str
    text = _styled(parameter, value, encode)
    if parameter.location == "header":
        if not text.isascii() or not text.isprintable() or text != text.strip():
            raise NotSendable(parameter.name)
    elif not text or text.strip(".") == "" or "%2F" in text or "%00" in text:
        # Servers and proxies on the way may resolve or refuse these.
        raise NotSendable(parameter.name)
    return text


def parameter_pairs(parameter: Parameter | FormMember, value: Any) -> list[tuple[str, str]]:
    """A query or cookie parameter, or a member of a form, as percent-encoded names and values.
    Raises NotSendable."""
    name = _encoded(parameter.name)
    if parameter.media_type is not None:
        values = value if parameter.explode and isinstance(value, list) else [value]
        is_text = parameter.media_type.startswith("text/")
        return [(name, _encoded(each if is_text else _json(each))) for each in values]
    if STYLES[parameter.style].prefixes_names:
        return list(_nested(name, value, _MOST_LEVELS))
    if isinstance(value, dict):
        if parameter.explode:
            return [(_encoded(key), _text(each)) for key, each in value.items()]
        flat = [part for key, each in value.items() for part in (_encoded(key), _text(each))]
        return [(name, _DELIMITERS.get(parameter.style, ",").join(flat))]
    if isinstance(value, list):
        texts = [_text(each) for each in value]
        if parameter.explode:
            return [(name, text) for text in texts]
        return [(name, _DELIMITERS.get(parameter.style, ",").join(texts))]
    return [(name, _text(value))]


def form_text(entry: MediaType, value: dict[str, Any]) -> str:
    """A urlencoded form. Raises NotSendable."""
    members = {member.name: member for member in form_members(entry)} if entry.schema else {}
    pairs: list[tuple[str, str]] = []
    for name, each in value.items():
        member = members.get(name)
        if member is not None:
            pairs += parameter_pairs(member, each)
        else:
            texts = each if isinstance(each, list) else [each]
            pairs += [(_encoded(name), _text(text)) for text in texts]
    return "&".join(f"{name}={text}" for name, text in pairs)


def _nested(name: str, value: Any, levels: int) -> Iterator[tuple[str, str]]:
    """A value in the style `deepObject`, as `qs` and Rack write it: `p[a][b]=1`, `p[]=1`, and
    `p[0][a]=1` for items that have members. Nothing stands for an empty object or array."""
    if not isinstance(value, dict | list):
        yield name, _text(value)
        return
    if not value or not levels:
        raise NotSendable(name)
    if isinstance(value, list):
        flat = not any(isinstance(each, dict | list) for each in value)
        inner = [("" if flat else str(at), each) for at, each in enumerate(value)]
    else:
        inner = list(value.items())
        if any(not key or "[" in key or "]" in key for key in value):
            raise NotSendable(name)
    for key, each in inner:
        yield from _nested(f"{name}%5B{_encoded(key)}%5D", each, levels - 1)


def _styled(parameter: Parameter, value: Any, encode: Any) -> str:
    if parameter.media_type is not None:
        text = value if parameter.media_type.startswith("text/") else _json(value)
        return str(encode(text))
    prefix = {"label": ".", "matrix": ";"}.get(parameter.style, "")
    between = prefix if prefix and parameter.explode else ","
    if isinstance(value, dict):
        joint = "=" if parameter.explode else ","
        parts = [f"{encode(key)}{joint}{encode(_plain(each))}" for key, each in value.items()]
    elif isinstance(value, list):
        parts = [str(encode(_plain(each))) for each in value]
        if parameter.style == "matrix" and parameter.explode:
            parts = [f"{encode(parameter.name)}={part}" for part in parts]
    else:
        parts = [str(encode(_plain(value)))]
    text = between.join(parts)
    if parameter.style == "matrix" and not (parameter.explode and isinstance(value, dict | list)):
        text = f"{encode(parameter.name)}={text}"
    return prefix + text


def _text(value: Any) -> str:
    return _encoded(_plain(value))


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")
