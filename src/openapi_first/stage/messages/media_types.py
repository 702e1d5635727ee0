"""Media types, as the gateway compares them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

_Value = TypeVar("_Value")

_DEFAULT = "application/json"  # AWS: api-gateway-method-request-validation


def media_type(content_type: str | None) -> str:
    """The media type without parameters, in lower case; a missing header means JSON."""
    if content_type is None:
        return _DEFAULT
    return content_type.partition(";")[0].strip().lower() or _DEFAULT


def for_media_type(
    choices: Mapping[str, _Value], content_type: str | None, *, parameters_ignored: bool
) -> _Value | None:
    """The model or template for a request's content type, from `choices` by media type.

    A `$default` entry matches every type (AWS: api-gateway-method-request-validation).
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
    A client's wildcard is compared literally: `Accept: image/*` does not match `image/png`.
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
    """The first type of `Accept`, the only one the gateway looks at (AWS: known issues)."""
    if accept is None or not accept.strip():
        return None
    return accept.split(",")[0].partition(";")[0].strip().lower()
