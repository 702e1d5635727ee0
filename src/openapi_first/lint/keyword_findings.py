"""Where each constraining keyword of the contract is enforced.

What the gateway enforces is what `Models` says it put into the models, and nothing else counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.import_document.models import Models
from openapi_first.import_document.requests import has_model, required_at_gateway
from openapi_first.lint.findings import Finding, finding
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.node import Node
from openapi_first.runtime.formats import (
    FORMATS_2020_12,
    FORMATS_DRAFT_4,
    NUMBER_FORMATS,
    OPEN_FORMATS,
)
from openapi_first.schemas.directions import Direction, is_excluded

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
_CHANGED = ("default", "nullable", "deprecated", "discriminator")
_ABSENT = {
    **dict.fromkeys(("minItems", "maxItems"), "array-bounds"),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), "exclusive-limit"),
}
_NATIVE = frozenset({"date-time", "date", "time", "hostname", "ipv4", "ipv6", "uri", "regex"})
_CHECKED = _NATIVE | FORMATS_2020_12.keys() | FORMATS_DRAFT_4.keys()


def keyword_findings(contract: Contract) -> Iterator[Finding]:
    """A finding for each constraint of requests and responses, and for what becomes another."""
    models = Models(contract)
    for operation in contract.operations:
        body = operation.body
        for entry in body.content if body is not None else ():
            if entry.schema is not None and has_model(operation, entry):
                models.reference(entry.schema, operation.id, Direction.REQUEST)
    for operation in contract.operations:
        yield from _parameters(operation)
        yield from _body(operation, models)
        yield from _responses(operation)


def _parameters(operation: Operation) -> Iterator[Finding]:
    for parameter in operation.parameters:
        if parameter.required:
            asked = required_at_gateway(parameter)
            rule = "parameter-required" if asked else "parameter-not-asked-for"
            place = parameter.node.child("required") or parameter.node
            yield finding(rule, place, f"{parameter.name} is required")
        for node, _ in _schemas(parameter.schema, Direction.REQUEST):
            for keyword in _constraints(node):
                yield _judged(node, keyword, "parameter-schema")
            yield from _changed(node)


def _body(operation: Operation, models: Models) -> Iterator[Finding]:
    body = operation.body
    if body is None:
        return
    if body.required:
        held = body.content and all(has_model(operation, entry) for entry in body.content)
        rule = "body-required" if held else "body-without-model"
        yield finding(rule, body.node.child("required") or body.node, "the body is required")
    for entry in body.content:
        yield finding("media-type", entry.node, f"bodies come as {entry.name}")
        if entry.schema is None:
            continue
        modelled = has_model(operation, entry)
        for node, owner in _schemas(entry.schema, Direction.REQUEST):
            for keyword in _constraints(node):
                key = (node.identity, _rendered_keyword(node, keyword))
                exact = modelled and key in models.exact_keywords
                absent = _ABSENT.get(keyword, "keyword-not-in-models")
                rule = absent if modelled else "body-without-model"
                yield _judged(node, keyword, "keyword-at-gateway" if exact else rule)
            if node.value.get("readOnly") is True and owner is not None:
                exact = modelled and (owner.identity, "properties") in models.exact_keywords
                absent = "keyword-not-in-models" if modelled else "body-without-model"
                yield _judged(node, "readOnly", "keyword-at-gateway" if exact else absent)
            yield from _changed(node)


def _responses(operation: Operation) -> Iterator[Finding]:
    for response in operation.responses:
        described = [header.schema for header in response.headers]
        described += [entry.schema for entry in response.content if entry.schema is not None]
        for schema in described:
            for node, _ in _schemas(schema, Direction.RESPONSE):
                for keyword in (*_constraints(node), *_write_only(node)):
                    yield _judged(node, keyword, "response-schema")
                yield from _changed(node)


def _write_only(node: Node) -> Iterator[str]:
    if node.value.get("writeOnly") is True:
        yield "writeOnly"


def _judged(node: Node, keyword: str, rule: str) -> Finding:
    place = node.child(keyword) or node
    value = node.value[keyword]
    known = keyword != "format" or value in _CHECKED or value in NUMBER_FORMATS
    return finding(rule if known else "unknown-format", place, keyword)


def _changed(node: Node) -> Iterator[Finding]:
    for keyword in _CHANGED:
        place = node.child(keyword)
        if place is not None and place.value is not False:
            yield finding(keyword, place, keyword)


def _constraints(node: Node) -> Iterator[str]:
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
        yield keyword


def _rendered_keyword(node: Node, keyword: str) -> str:
    if keyword == "format":
        return "minimum" if node.value["format"] in NUMBER_FORMATS else "format"
    if keyword == "discriminator":
        return "oneOf" if "oneOf" in node.value else "anyOf"
    return "contains" if keyword in ("minContains", "maxContains") else keyword


def _schemas(root: Node, direction: Direction) -> Iterator[tuple[Node, Node | None]]:
    """Every schema that bears on a value travelling that way, with the schema whose property it
    is. What may not travel is not looked into."""
    queue: list[tuple[Node, Node | None]] = [(root, None)]
    seen: set[object] = set()
    while queue:
        node, owner = queue.pop()
        if not isinstance(node.value, dict) or node.identity in seen:
            continue
        seen.add(node.identity)
        yield node, owner
        if "$ref" in node.value:
            queue.append((node.resolve(node.value["$ref"]), owner))
        if owner is not None and is_excluded(node, direction):
            continue
        for key in (*_SINGLE, *_LISTS, *_MAPS):
            child = node.child(key)
            if child is None:
                continue
            if key in _SINGLE:
                queue.append((child, None))
                continue
            keys = range(len(child.value)) if key in _LISTS else child.value
            for each in keys:
                below = child.child(each)
                assert below is not None
                queue.append((below, node if key == "properties" else None))
