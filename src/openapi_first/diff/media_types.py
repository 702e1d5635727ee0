"""Pairs the media types of two contents: by what they mean, not by how they are written.

Names and the values of `charset` have no case, quotes mean nothing, and parameters have no order
(RFC 9110 §8.3.1). JSON has no `charset` (RFC 8259 §11). UTF-8 is the charset that a body has
without one here, so naming it makes no difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from openapi_first.core.media_types import is_json, is_range, media_type_of
from openapi_first.openapi.model import MediaType

_Entry = TypeVar("_Entry")

_PARAMETER = re.compile(r';\s*([^=;\s]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_MEANINGLESS = {"multipart": "boundary", "application/x-www-form-urlencoded": "charset"}
_UTF_8 = ("utf-8", "utf8")


def meaning_of(name: str) -> str:
    """The same for media types that mean the same."""
    bare = media_type_of(name)
    parameters = []
    for key, value in _PARAMETER.findall(name):
        key, value = key.lower(), re.sub(r"\\(.)", r"\1", value.strip().strip('"'))
        if key == "charset":
            value = value.lower()
            if is_json(bare) or value in _UTF_8:
                continue
        if key not in (_MEANINGLESS.get(bare), _MEANINGLESS.get(bare.partition("/")[0])):
            parameters.append(f";{key}={value}")
    return bare + "".join(sorted(parameters))


def sent_otherwise(old: str | None, new: str | None) -> bool:
    """Whether the media types of a parameter or header differ; None for one with a style."""
    if old is None or new is None:
        return old is not new
    return meaning_of(old) != meaning_of(new)


def by_meaning(content: Sequence[MediaType]) -> dict[str, MediaType]:
    """The entries by what their names mean; of two that mean the same the first counts."""
    found: dict[str, MediaType] = {}
    for entry in content:
        found.setdefault(meaning_of(entry.name), entry)
    return found


def covering(meaning: str, entries: Mapping[str, _Entry]) -> _Entry | None:
    """The entry for a media type: its own, that without parameters, or a range (OpenAPI 3.0.3
    §4.7.14.1)."""
    bare = media_type_of(meaning)
    ranges = (f"{bare.partition('/')[0]}/*", "*/*")
    return next((entries[each] for each in (meaning, bare, *ranges) if each in entries), None)


def covered(meaning: str, others: Mapping[str, MediaType]) -> bool:
    """Whether a media type is a range or has no parameters, and another one is one of those that it
    stands for."""
    kind = meaning.partition("/")[0]
    return any(
        meaning == "*/*"
        or (is_range(meaning) and each.partition("/")[0] == kind)
        or media_type_of(each) == meaning
        for each in others
    )
