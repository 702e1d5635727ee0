"""Schemas, keyword by keyword: which keywords constrain a value, and which the import rewrites."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from openapi_first.documents.node import Node
from openapi_first.lint.document import DEPRECATED
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import (
    JSON_SCHEMA,
    KNOWN_ISSUES,
    NOTHING,
    OPENAPI,
    Finding,
    Rule,
    Verdict,
    finding,
)
from openapi_first.openapi.model import Operation
from openapi_first.runtime.formats import (
    FORMATS_2020_12,
    FORMATS_DRAFT_4,
    NUMBER_FORMATS,
    OPEN_FORMATS,
)
from openapi_first.schemas.directions import Direction, is_excluded
from openapi_first.schemas.discriminators import selects

_CORE = f"{JSON_SCHEMA}json-schema-core#section-6.5"

UNKNOWN_FORMAT = Rule(
    "unknown-format", Verdict.NOWHERE, "Nothing checks the format",
    "Validation must not rely on `format`; models leave it out.", KNOWN_ISSUES,
    "Use `pattern`, or a format that the Lambda checks.",
)  # fmt: skip
DISCRIMINATOR = Rule(
    "discriminator", Verdict.CHANGED, "The discriminator is rewritten as conditions",
    "`discriminator` is not supported in any schema.", KNOWN_ISSUES, NOTHING,
)  # fmt: skip
DEFAULT = Rule(
    "default", Verdict.CHANGED, "The gateway does not apply the default",
    "The keyword `default` is not supported.", KNOWN_ISSUES, "Nothing: the Lambda applies it.",
)  # fmt: skip
NULLABLE = Rule(
    "nullable", Verdict.CHANGED, "`nullable` becomes a separate type",
    "`nullable` is not supported.", KNOWN_ISSUES, NOTHING,
)  # fmt: skip
IDLE_DISCRIMINATOR = Rule(
    "idle-discriminator", Verdict.NOTE, "The discriminator selects nothing",
    "Inline schemas are not considered, and without `oneOf` or `anyOf` there is no choice.",
    f"{OPENAPI}discriminator-object",
    "Nothing, or move each schema of the list to `components/schemas` and refer to it.",
)  # fmt: skip
MISSPELT_KEYWORD = Rule(
    "misspelt-keyword", Verdict.NOWHERE, "Nothing checks the keyword",
    "An unknown keyword is an annotation.", _CORE, "Write the keyword that is meant.",
)  # fmt: skip
UNKNOWN_KEYWORD = Rule(
    "unknown-keyword", Verdict.NOTE, "The keyword means nothing",
    "An unknown keyword is an annotation.", _CORE, "Nothing, or call it `x-…`.",
)  # fmt: skip

_CONSTRAINING = (
    *("type", "enum", "const", "required", "pattern", "multipleOf", "uniqueItems"),
    *("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "maxLength", "minLength"),
    *("maxItems", "minItems", "maxProperties", "minProperties", "format", "not", "anyOf", "oneOf"),
    *("if", "contains", "minContains", "maxContains", "propertyNames", "additionalProperties"),
    *("unevaluatedItems", "unevaluatedProperties", "dependentRequired", "discriminator"),
)
# Values with which a keyword constrains nothing.
_IDLE = {
    **dict.fromkeys(("minLength", "minItems", "minProperties", "minContains"), 0),
    **dict.fromkeys(("uniqueItems", "exclusiveMaximum", "exclusiveMinimum"), False),
}
_OPEN = ("additionalProperties", "propertyNames", "unevaluatedItems", "unevaluatedProperties")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = (
    *("not", "if", "then", "else", "items", "contains", "propertyNames"),
    *("additionalProperties", "unevaluatedItems", "unevaluatedProperties"),
)
_MAPS = ("properties", "patternProperties", "dependentSchemas")
_BELOW = frozenset((*_SINGLE, *_LISTS, *_MAPS))
_ANNOTATIONS = (
    *("title", "description", "default", "example", "examples", "deprecated", "readOnly"),
    *("writeOnly", "externalDocs", "xml", "contentMediaType", "contentEncoding", "contentSchema"),
    *("$schema", "$comment", "$ref", "$anchor", "$dynamicAnchor", "$defs", "definitions"),
    *("$vocabulary", "format", "discriminator"),
)
_KNOWN = frozenset((*_CONSTRAINING, *_LISTS, *_SINGLE, *_MAPS, *_ANNOTATIONS))
_NATIVE = frozenset({"date-time", "date", "time", "hostname", "ipv4", "ipv6", "uri", "regex"})
_CHECKED = _NATIVE | FORMATS_2020_12.keys() | FORMATS_DRAFT_4.keys() | NUMBER_FORMATS


def find(rendered: Rendered) -> Iterator[Finding]:
    """What the import rewrites. Where a constraint is enforced depends on what the schema
    describes, so `parameters`, `bodies` and `responses` find that, with `enforced`."""
    described = [each for one in rendered.contract.operations for each in _described(one)]
    for direction in Direction:
        roots = [schema for schema, sent in described if sent is direction]
        for node, _ in schemas(roots, direction):
            for rule in (DISCRIMINATOR, DEFAULT, NULLABLE, DEPRECATED):
                place = node.child(rule.id)
                if place is None or place.value is False:
                    continue
                if rule is DISCRIMINATOR and not selects(node):
                    yield finding(IDLE_DISCRIMINATOR, place, rule.id)
                elif rule is not NULLABLE or rendered.contract.openapi == "3.0":
                    yield finding(rule, place, rule.id)
            if rendered.contract.openapi == "3.1":
                yield from _unknown(node)


def _unknown(node: Node) -> Iterator[Finding]:
    """OpenAPI 3.0 refuses unknown keywords by itself."""
    for keyword in node.value:
        if keyword in _KNOWN or keyword.startswith("x-"):
            continue
        place = node.child(keyword)
        assert place is not None
        near = difflib.get_close_matches(keyword, _KNOWN, 1, 0.8)
        if keyword == "nullable":
            detail = 'nullable means nothing in OpenAPI 3.1; `type: [string, "null"]` allows null'
            yield finding(MISSPELT_KEYWORD, place, detail)
        elif near:
            yield finding(MISSPELT_KEYWORD, place, f"{keyword} is unknown; {near[0]} is similar")
        else:
            yield finding(UNKNOWN_KEYWORD, place, f"{keyword} is unknown")


def _described(operation: Operation) -> Iterator[tuple[Node, Direction]]:
    for parameter in operation.parameters:
        yield parameter.schema, Direction.REQUEST
    for entry in operation.body.content if operation.body is not None else ():
        if entry.schema is not None:
            yield entry.schema, Direction.REQUEST
    for response in operation.responses:
        for header in response.headers:
            yield header.schema, Direction.RESPONSE
        for entry in response.content:
            if entry.schema is not None:
                yield entry.schema, Direction.RESPONSE


def enforced(rule: Rule, node: Node, keyword: str) -> Finding:
    """By `rule`, a keyword is enforced; a format that the Lambda does not check is not."""
    unknown = keyword == "format" and node.value[keyword] not in _CHECKED
    return finding(UNKNOWN_FORMAT if unknown else rule, node.child(keyword) or node, keyword)


def constraints(node: Node) -> Iterator[str]:
    """The keywords of a schema that constrain a value."""
    for keyword in _CONSTRAINING:
        if keyword not in node.value:
            continue
        value = node.value[keyword]
        idle = _IDLE.get(keyword)
        if value == idle and isinstance(value, bool) == isinstance(idle, bool):
            continue
        if keyword in _OPEN and (value is True or value == {}):
            continue
        if keyword == "format" and value in OPEN_FORMATS:
            continue
        if keyword == "discriminator" and not selects(node):
            continue
        yield keyword


def schemas(roots: Iterable[Node], direction: Direction) -> Iterator[tuple[Node, Node | None]]:
    """Every schema that applies to a value sent in the direction, each with the schema whose
    property it is, once for all roots. Properties that are not sent in the direction are not
    searched."""
    queue: list[tuple[Node, Node | None]] = [(root, None) for root in roots]
    seen: set[object] = set()
    searched: set[object] = set()
    while queue:
        node, owner = queue.pop()
        key = (node.identity, None if owner is None else owner.identity)
        if not isinstance(node.value, dict) or key in seen:
            continue
        seen.add(key)
        yield node, owner
        if "$ref" in node.value:
            queue.append((node.resolve(node.value["$ref"]), owner))
        if owner is not None and is_excluded(node, direction):
            continue
        if node.identity in searched:
            continue
        searched.add(node.identity)
        for name in _BELOW & node.value.keys():
            child = node.child(name)
            assert child is not None
            if name in _SINGLE:
                queue.append((child, None))
                continue
            keys = range(len(child.value)) if name in _LISTS else child.value
            for each in keys:
                below = child.child(each)
                assert below is not None
                queue.append((below, node if name == "properties" else None))
