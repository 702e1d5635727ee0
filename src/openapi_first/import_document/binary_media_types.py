"""Which of the contract's media types API Gateway has to hand over as bytes."""

from __future__ import annotations

from collections.abc import Iterable

from openapi_first.core.media_types import is_json, media_type_of
from openapi_first.openapi.model import Contract, MediaType

ANY = "*/*"

_TEXTS = frozenset({"application/x-www-form-urlencoded"})


def is_binary(media_type: str) -> bool:
    """Whether a body of the media type is bytes to the Lambda: not JSON, no text, no form. A
    multipart form is, since a file within it may be anything."""
    bare = media_type_of(media_type)
    return not (is_json(bare) or bare.startswith("text/") or bare in _TEXTS)


def binary_media_types(contract: Contract) -> tuple[str, ...]:
    """The media types and ranges for `x-amazon-apigateway-binary-media-types`, sorted.

    `*/*` is not among them: with it every body becomes bytes, JSON too, which a contract does not
    say when it takes anything somewhere (AWS: api-gateway-payload-encodings).
    """
    found = {
        media_type_of(entry.name)
        for operation in contract.operations
        for entry in (
            *(operation.body.content if operation.body is not None else ()),
            *_all(response.content for response in operation.responses),
        )
        if is_binary(entry.name)
    }
    return tuple(sorted(found - {ANY}))


def _all(contents: Iterable[Iterable[MediaType]]) -> Iterable[MediaType]:
    return (entry for content in contents for entry in content)
