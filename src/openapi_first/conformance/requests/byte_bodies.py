"""Bodies that are bytes to the engine: a file, or another content in which a schema describes
only a length (OpenAPI 3.0.3 §4.7.14.1)."""

from __future__ import annotations

import random

from openapi_first.core.media_types import BINARY, is_json, is_range, media_type_of
from openapi_first.openapi.model import Contract, MediaType
from openapi_first.samples.lowered_schemas import LoweredSchemas
from openapi_first.samples.sampling import sample
from openapi_first.schemas.form_members import is_form

_IN_RANGE = {
    "*/*": BINARY,
    "application/*": BINARY,
    "image/*": "image/png",
    "audio/*": "audio/mpeg",
    "video/*": "video/mp4",
}
_CONTENT = "content"


def is_byte_body(name: str) -> bool:
    """Whether bodies of a media type, or of one in a range, are neither JSON, nor a form, nor
    text."""
    bare = media_type_of(name)
    other = is_json(bare) or is_form(bare) or bare.startswith("text/")
    return not other and (not is_range(bare) or bare in _IN_RANGE)


def byte_body(entry: MediaType, schemas: LoweredSchemas, rng: random.Random) -> tuple[bytes, str]:
    """A body that is not empty, and its Content-Type. Raises NoSample for an entry whose schema
    does not allow a string."""
    text = _CONTENT
    if entry.schema is not None:
        lowered = schemas.request(entry.schema)
        if not lowered.allows(text):
            text = sample(lowered, rng, usable=lambda value: isinstance(value, str) and value != "")
    return text.encode("utf-8", "replace"), sent_as(entry.name)


def sent_as(name: str) -> str:
    """The media type that is sent for an entry of `content`, which may be a range."""
    return _IN_RANGE.get(media_type_of(name), name)


def byte_media_types(contract: Contract) -> tuple[str, ...]:
    """The media types of all request bodies that are bytes, without ranges."""
    names = (
        entry.name
        for operation in contract.operations
        if operation.body is not None
        for entry in operation.body.content
    )
    return tuple(dict.fromkeys(each for each in names if is_byte_body(each) and not is_range(each)))
