"""Values for bodies and headers: the contract's examples, or made-up values that match a schema."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

from openapi_first.conformance.roles.members import members
from openapi_first.core.media_types import is_json, media_type_of
from openapi_first.documents.node import Node
from openapi_first.openapi.model import MediaType
from openapi_first.samples.lowered_schemas import LoweredSchema, LoweredSchemas
from openapi_first.samples.sampling import NoSample, sample, samples

_DEEPEST = 5
_MOST_PARTS = 120
_MOST_SAMPLES = 12
_FILES = {
    "application/pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
    "image/gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "image/png": bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
        "0000000d4944415478da63fcffff3f030005fe02fea735819d0000000049454e44ae426082"
    ),
    "application/zip": b"PK\x05\x06" + bytes(18),
}
"""The smallest files of common types."""


def examples_of(node: Node) -> dict[str, Any]:
    """The examples of a media type, header or parameter by name; the name of `example` is "".
    OpenAPI 3.2 calls the value of a named one `dataValue`."""
    found: dict[str, Any] = {}
    if "example" in node.value:
        found[""] = node.value["example"]
    named = node.get("examples")
    for name, example in named.items() if named is not None else ():
        for key in ("value", "dataValue") if isinstance(example.value, dict) else ():
            if key in example.value:
                found[name] = example.value[key]
    return found


def schema_examples(schema: Node) -> Iterator[Any]:
    """The examples in a schema, its constant and its default."""
    value = schema.followed().value
    if not isinstance(value, dict):
        return
    if "example" in value:
        yield value["example"]
    listed = value.get("examples")
    yield from listed if isinstance(listed, list) else ()
    for key in ("const", "default"):
        if key in value:
            yield value[key]


class Values:
    """Makes values for responses; the same ones for the same seed and name."""

    def __init__(self, schemas: LoweredSchemas, seed: int) -> None:
        self.schemas = schemas
        self._seed = seed

    def rng(self, name: str) -> random.Random:
        return random.Random(f"{self._seed} {name}")  # noqa: S311 - not for secrets

    def bodies(self, entry: MediaType, media_type: str, name: str) -> Iterator[Any]:
        """Bodies in a media type, those of examples first."""
        yield from examples_of(entry.node).values()
        if entry.schema is not None:
            yield from schema_examples(entry.schema)
        if not is_json(media_type_of(media_type)):
            yield from self._files(entry, media_type, name)
        elif entry.schema is None:
            yield {}
        else:
            yield from self.schema_values(entry.schema, name)

    def schema_values(self, schema: Node, name: str) -> Iterator[Any]:
        """Values of a response's schema, one made of the examples in its parts first."""
        lowered, rng = self.schemas.response(schema), self.rng(name)
        with contextlib.suppress(NoSample, RecursionError):
            yield _Illustration(self.schemas, rng).of(schema)
        yield from islice(samples(lowered, rng), _MOST_SAMPLES)

    def varied(self, entry: MediaType, media_type: str, name: str) -> Iterator[Any]:
        """Generated bodies in a media type, in an order that the name decides."""
        if not is_json(media_type_of(media_type)):
            yield from self._files(entry, media_type, name)
            return
        if entry.schema is None:
            yield {}
            return
        rng = self.rng(name)
        found = list(islice(samples(self.schemas.response(entry.schema), rng), _MOST_SAMPLES))
        rng.shuffle(found)
        yield from found

    def headers(self, schema: Node, name: str) -> Iterator[Any]:
        """Generated values of a header."""
        yield from islice(samples(self.schemas.response(schema), self.rng(name)), _MOST_SAMPLES)

    def _files(self, entry: MediaType, media_type: str, name: str) -> Iterator[Any]:
        known = media_type_of(media_type)
        is_text = known.startswith("text/") or known.endswith(("xml", "yaml", "urlencoded"))
        if not is_text or known.endswith("xml"):
            yield _FILES.get(known, b"mock") if not is_text else "<mock/>"
        if entry.schema is not None:
            found = samples(self.schemas.response(entry.schema), self.rng(name))
            for value in islice(found, _MOST_SAMPLES):
                if isinstance(value, str) and not is_text:
                    value = value.encode("latin-1", "replace")
                yield value
        elif is_text:
            yield "mock"


class _Illustration:
    """A value made of the examples in the parts of a schema, and of samples for the other parts."""

    def __init__(self, schemas: LoweredSchemas, rng: random.Random) -> None:
        self._schemas = schemas
        self._rng = rng
        self._left = _MOST_PARTS

    def of(self, schema: Node, above: frozenset[object] = frozenset()) -> Any:
        """Raises NoSample."""
        node = schema.followed()
        self._left -= 1
        if node.identity in above or len(above) > _DEEPEST or not isinstance(node.value, dict):
            raise NoSample("the schema is too deep")
        lowered = self._schemas.response(node)
        for value in schema_examples(node):
            if lowered.allows(value):
                return value
        above |= {node.identity}
        properties = members(node)
        if properties:
            return self._object(lowered, properties, above)
        items = node.get("items")
        if items is not None:
            value = [self.of(items, above)]
            if lowered.allows(value):
                return value
        return sample(lowered, self._rng)

    def _object(
        self, lowered: LoweredSchema, properties: dict[str, Node], above: frozenset[object]
    ) -> Any:
        found: dict[str, Any] = {}
        for name, part in properties.items():
            if self._left < 0:
                break
            try:
                found[name] = self.of(part, above)
            except NoSample:
                continue
        if lowered.allows(found):
            return found
        value = sample(lowered, self._rng)
        if isinstance(value, dict):
            for name, part in found.items():
                if lowered.allows({**value, name: part}):
                    value = {**value, name: part}
        return value
