"""What every response needs of this package; the rest is imported when a response needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class UnsendableError(ValueError):
    """A response that cannot be sent. The message says why; it has names, and no values."""


class NotDecodedError(ValueError):
    """A body in a content coding that is not decoded here, or that is too large to be decoded."""


def are_plain(headers: Mapping[Any, Any]) -> bool:
    """Whether the headers can be sent as they are: names and values are printable ASCII, and none
    describes the body, as Content-Type does.

    A cheap test for the usual headers; False says nothing.
    """
    try:
        names, values = "".join(headers), "".join(headers.values())
    except TypeError:
        return False
    return (
        names.replace("-", "").isalnum()
        and names.isascii()
        and values.isprintable()
        and values.isascii()
        and "content-" not in names.lower()
        and "" not in headers
    )
