"""A response on its way out: its status, its headers as lines, and its body's media type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from openapi_first.runtime.wire.bodies_sent import NO_CODINGS
from openapi_first.runtime.wire.json_text import dump_json
from openapi_first.runtime.wire.sendable import UnsendableError

if TYPE_CHECKING:
    from openapi_first.runtime.wire.header_values import Declared, Lines

NO_BODY = frozenset({204, 205, 304})
"""Statuses whose responses have no content (RFC 9110 §6.4.1, §15.3.6)."""


class Outgoing(NamedTuple):
    """A response as it is sent, before its body is written.

    `media_type` is None without a body. `codings` are those of Content-Encoding, in which `value`
    already is.
    """

    value: Any
    status: int
    headers: Mapping[str, Lines]
    media_type: str | None
    codings: Sequence[str] = NO_CODINGS


class SentHeaders(NamedTuple):
    """The headers as lines, without Content-Type; its value; and the content codings."""

    lines: Mapping[str, Lines]
    media_type: str | None = None
    codings: Sequence[str] = NO_CODINGS


def sent_headers(headers: Mapping[str, Any], declared: Mapping[str, Declared]) -> SentHeaders:
    """Headers as they are sent; `declared` are the contract's, by their names in lower case.

    Raises UnsendableError.
    """
    from openapi_first.runtime.wire.content_codings import codings_of
    from openapi_first.runtime.wire.header_values import header_lines

    found = header_lines(headers, declared, dump_json)
    media_type: str | None = None
    codings = NO_CODINGS
    for name, line in list(found.items()):
        if name.lower() == "content-type":
            media_type = line if isinstance(line, str) else line[0]
            del found[name]
        elif name.lower() == "content-encoding":
            codings = codings_of(line)
    return SentHeaders(found, media_type, codings)


def sendable_status(status: Any) -> int:
    """The status as an int. Raises UnsendableError for one that API Gateway does not take."""
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
        raise UnsendableError("its status is not a number from 200 to 599")
    return int(status)
