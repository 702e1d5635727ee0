"""Media types, as far as the gateway looks at them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

_Value = TypeVar("_Value")

_DEFAULT = "application/json"  # AWS: api-gateway-method-request-validation


def media_type(content_type: str | None) -> str:
    """The type without parameters, in lower case; a missing header means JSON."""
    if content_type is None:
        return _DEFAULT
    return content_type.partition(";")[0].strip().lower() or _DEFAULT


def for_media_type(
    choices: Mapping[str, _Value], content_type: str | None, *, parameters_ignored: bool
) -> _Value | None:
    """What `choices` (models or templates by media type) has for a request's content type.

    A `$default` entry catches every type (AWS: api-gateway-method-request-validation).
    """
    wanted = media_type(content_type)
    if content_type is not None and not parameters_ignored:
        wanted = content_type.strip().lower()
    for offered, value in choices.items():
        if offered.strip().lower() == wanted:
            return value
    return choices.get("$default")


def is_binary(kind: str | None, binary_media_types: Iterable[str]) -> bool:
    """Whether a media type is in the API's list (AWS: lambda-proxy-binary-media).

    `*/*` matches everything, `image/*` every image; `*/png` is not supported and matches nothing.
    A client's own wildcard is compared as text: `Accept: image/*` does not match `image/png`.
    """
    for entry in binary_media_types:
        if entry == "*/*":
            return True
        if kind is None:
            continue
        family, _, subtype = entry.lower().partition("/")
        if subtype == "*" and kind != "*/*" and kind.split("/")[0] == family:
            return True
        if kind == entry.lower():
            return True
    return False


def first_accepted(accept: str | None) -> str | None:
    """The only part of `Accept` the gateway honours: its first type (AWS: known issues)."""
    if accept is None or not accept.strip():
        return None
    return accept.split(",")[0].partition(";")[0].strip().lower()
