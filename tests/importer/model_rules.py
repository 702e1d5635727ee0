"""What becomes of models."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from jsonschema import Draft4Validator

from importer.rules import GUIDE, Document, Outcome, rule
from importer.schema_objects import read_schema
from importer.walking import models, schemas

_REFUSED, _LEFT_OUT, _QUOTA = Outcome.REFUSED, Outcome.LEFT_OUT, Outcome.QUOTA
_QUOTAS = GUIDE + "api-gateway-execution-service-limits-table.html"


@rule("model-name", _REFUSED, "Model names must be alphanumeric.")
def _(document: Document) -> Iterator[str]:
    for name, _, pointer in models(document):
        if name and not re.fullmatch("[A-Za-z0-9]+", name):
            yield pointer


@rule("model-draft-4", _REFUSED, "Models are defined by JSON Schema draft 4.")
def _(document: Document) -> Iterator[str]:
    for _, schema, pointer in models(document):
        for error in Draft4Validator(Draft4Validator.META_SCHEMA).iter_errors(schema):
            yield pointer + "".join(f"/{step}" for step in error.absolute_path)


@rule("model-size", _QUOTA, "The models of an API have at most 400 KB.", _QUOTAS)
def _(document: Document) -> Iterator[str]:
    named = [schema for name, schema, _ in models(document) if name]
    if sum(len(json.dumps(each).encode()) for each in named) > 400 * 1024:
        yield "/components/schemas"


@rule(
    "model-attribute", _LEFT_OUT, "What is no Schema Object of OpenAPI 3.0 is not read.",
    GUIDE + "api-gateway-import-api.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for _, schema, pointer in models(document):
        for loss in read_schema(schema, pointer)[1]:
            yield loss.pointer


@rule(
    "composed-reference",
    Outcome.UNSETTLED,
    "oneOf, anyOf and allOf may use no $ref to a definition within the same schema.",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for _, root, pointer in models(document):
        for schema, place, composed in schemas(root, pointer):
            if composed and "$ref" in schema:
                yield place


def _keyword(
    name: str,
    statement: str,
    outcome: Outcome = _LEFT_OUT,
    holds: Callable[[Any], bool] = lambda value: True,
) -> None:
    """A rule: a keyword of schemas that is not supported."""

    @rule(f"schema-{name}", outcome, statement)
    def _(document: Document) -> Iterator[str]:
        for _, root, pointer in models(document):
            for schema, place, _ in schemas(root, pointer):
                if name in schema and holds(schema[name]):
                    yield f"{place}/{name}"


_keyword("discriminator", "The discriminator is not supported in any schema object.")
_keyword("example", "The example tag is not supported.", Outcome.IGNORED)
_keyword("nullable", "The nullable tag is not supported.")
_keyword("readOnly", "The readOnly field is not supported.")
_keyword("deprecated", "The deprecated field is not supported and is dropped.", Outcome.IGNORED)
_keyword("default", "The default keyword is not supported.", Outcome.IGNORED)
for _name in ("minItems", "maxItems"):
    _keyword(_name, "maxItems and minItems are not included in simple request validation.")
_keyword("exclusiveMinimum", "The exclusiveMinimum tag is not supported.")
_keyword(
    "format",
    "Numbers of the Int32 and Int64 type, and the decimal format, are not supported.",
    holds=lambda value: value in ("int32", "int64", "decimal"),
)


@rule(
    "response-primitive",
    Outcome.UNSETTLED,
    "A response's schema must be an object, or be referenced.",
)
def _(document: Document) -> Iterator[str]:
    for name, schema, pointer in models(document):
        inline = not name and "/responses/" in pointer
        if inline and schema.get("type") in ("string", "number", "integer", "boolean"):
            yield pointer
