"""`contract diff` says of each change whom it breaks, once for each class of change."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from diff_rules import PAGE, rules_page
from openapi_first.cli.main import main
from openapi_first.diff.changes import Change
from openapi_first.diff.contracts import compare_contracts
from openapi_first.diff.rules import RULES, Verdict
from openapi_first.diff.schemas import SchemaComparison
from openapi_first.openapi.loader import load

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 25)

Document = dict[str, Any]


def base(version: str = "3.0.3") -> Document:
    """A contract with one operation that has one of everything."""
    return {
        "openapi": version,
        "info": {"title": "Test API", "version": "1"},
        "paths": {
            "/things/{id}": {
                "post": {
                    "operationId": "makeThing",
                    "parameters": [
                        {
                            "name": "id",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "string"},
                        },
                        {"name": "filter", "in": "query", "schema": {"type": "string"}},
                        {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                    ],
                    "requestBody": {"content": {"application/json": {"schema": {}}}},
                    "responses": {
                        "200": {
                            "description": "Made.",
                            "headers": {"ETag": {"required": True, "schema": {"type": "string"}}},
                            "content": {"application/json": {"schema": {}}},
                        },
                        "404": {"description": "No such thing."},
                    },
                }
            },
            "/others": {
                "get": {"operationId": "listOthers", "responses": {"200": {"description": "All."}}}
            },
        },
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
                "tokens": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {
                            "tokenUrl": "https://example.com/token",
                            "scopes": {"read": "Read.", "write": "Write."},
                        }
                    },
                },
            }
        },
    }


def thing(document: Document) -> Document:
    """The operation that has one of everything."""
    found: Document = document["paths"]["/things/{id}"]["post"]
    return found


def compared(folder: Path, old: Document, new: Document) -> tuple[Change, ...]:
    paths = folder / "old.yaml", folder / "new.yaml"
    for path, document in zip(paths, (old, new), strict=True):
        path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return compare_contracts(load(paths[0]), load(paths[1]), today=TODAY)


def rules(changes: tuple[Change, ...]) -> set[str]:
    return {change.rule.id for change in changes}


# What changes in the schema of a body, how the request is judged, and how the response is.
OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}
B, C = "breaking", "compatible"
SCHEMAS: list[tuple[str, Any, Any, set[str], str, str]] = [
    ("type narrowed", {}, {"type": "string"}, {"type-narrowed"}, B, C),
    ("number to integer", {"type": "number"}, {"type": "integer"}, {"type-narrowed"}, B, C),
    ("type changed", {"type": "string"}, {"type": "number"}, {"type-changed"}, B, B),
    (
        "made nullable",
        {"type": "string"},
        {"type": "string", "nullable": True},
        {"type-widened"},
        C,
        B,
    ),
    ("value removed", {"enum": ["a", "b"]}, {"enum": ["a"]}, {"enum-narrowed"}, B, C),
    ("values exchanged", {"enum": ["a", "b"]}, {"enum": ["a", "c"]}, {"enum-changed"}, B, B),
    (
        "list of values added",
        {"type": "string"},
        {"type": "string", "enum": ["a"]},
        {"enum-narrowed"},
        B,
        C,
    ),
    ("minimum raised", {"minimum": 1}, {"minimum": 2}, {"minimum-narrowed"}, B, C),
    ("minimum added", {}, {"minimum": -1}, {"minimum-narrowed"}, B, C),
    (
        "minimum made exclusive",
        {"minimum": 1},
        {"minimum": 1, "exclusiveMinimum": True},
        {"minimum-narrowed"},
        B,
        C,
    ),
    ("maximum lowered", {"maximum": 2}, {"maximum": 1}, {"maximum-narrowed"}, B, C),
    (
        "int64 to int32",
        {"type": "integer", "format": "int64"},
        {"type": "integer", "format": "int32"},
        {"minimum-narrowed", "maximum-narrowed"},
        B,
        C,
    ),
    ("multiple coarser", {"multipleOf": 2}, {"multipleOf": 4}, {"multiple-of-narrowed"}, B, C),
    ("multiple otherwise", {"multipleOf": 2}, {"multipleOf": 3}, {"multiple-of-changed"}, B, B),
    ("longer at least", {"minLength": 1}, {"minLength": 2}, {"min-length-narrowed"}, B, C),
    ("length limited", {}, {"maxLength": 2}, {"max-length-narrowed"}, B, C),
    ("pattern added", {}, {"pattern": "^a"}, {"pattern-narrowed"}, B, C),
    ("pattern changed", {"pattern": "^a"}, {"pattern": "^b"}, {"pattern-changed"}, B, B),
    (
        "format added",
        {"type": "string"},
        {"type": "string", "format": "date"},
        {"format-narrowed"},
        B,
        C,
    ),
    (
        "format changed",
        {"type": "string", "format": "date"},
        {"type": "string", "format": "uuid"},
        {"format-changed"},
        B,
        B,
    ),
    ("more items at least", {"minItems": 1}, {"minItems": 2}, {"min-items-narrowed"}, B, C),
    ("fewer items at most", {"maxItems": 2}, {"maxItems": 1}, {"max-items-narrowed"}, B, C),
    ("items unique", {}, {"uniqueItems": True}, {"unique-items-narrowed"}, B, C),
    (
        "items narrowed",
        {"type": "array", "items": {"type": "number"}},
        {"type": "array", "items": {"type": "integer"}},
        {"type-narrowed"},
        B,
        C,
    ),
    (
        "items described",
        {"type": "array", "items": {}},
        {"type": "array", "items": {"type": "string"}},
        {"type-narrowed"},
        B,
        C,
    ),
    (
        "more properties",
        {"minProperties": 1},
        {"minProperties": 2},
        {"min-properties-narrowed"},
        B,
        C,
    ),
    (
        "fewer properties",
        {"maxProperties": 2},
        {"maxProperties": 1},
        {"max-properties-narrowed"},
        B,
        C,
    ),
    ("property required", OBJECT, {**OBJECT, "required": ["a"]}, {"required-narrowed"}, B, C),
    (
        "property closed",
        {"type": "object"},
        {"type": "object", "additionalProperties": False},
        {"additional-properties-narrowed"},
        B,
        C,
    ),
    (
        "other properties narrowed",
        {"type": "object", "additionalProperties": {"type": "number"}},
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"type-narrowed"},
        B,
        C,
    ),
    (
        "alternative of anyOf removed",
        {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "array", "items": {}}]},
        {"anyOf": [{"type": "integer"}, {"type": "string"}]},
        {"any-of-narrowed"},
        B,
        C,
    ),
    (
        "alternative of oneOf removed, apart from the others",
        {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]},
        {"oneOf": [{"type": "string"}, {"type": "boolean"}]},
        {"one-of-narrowed"},
        B,
        C,
    ),
    (
        "alternative of oneOf removed that overlaps",
        {"oneOf": [{"type": "string"}, {"type": "integer"}, {"minLength": 3}]},
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        {"one-of-changed"},
        B,
        B,
    ),
    ("not added", {}, {"not": {"type": "string"}}, {"not-narrowed"}, B, C),
    (
        "not widened",
        {"not": {"type": "integer"}},
        {"not": {"type": "number"}},
        {"type-narrowed"},
        B,
        C,
    ),
    (
        "allOf longer",
        {"allOf": [{"type": "string"}]},
        {"allOf": [{"type": "string"}, {"maxLength": 3}]},
        {"max-length-narrowed"},
        B,
        C,
    ),
    (
        "wrapped in an alternative",
        {"anyOf": [{"type": "string"}, {"type": "object"}]},
        {"type": "string", "maxLength": 5},
        {"any-of-narrowed"},
        B,
        C,
    ),
]


def with_bodies(request: Any, response: Any) -> Document:
    document = base()
    thing(document)["requestBody"]["content"]["application/json"]["schema"] = request
    ok = thing(document)["responses"]["200"]
    ok["content"]["application/json"]["schema"] = response
    return document


def verdict(changes: tuple[Change, ...]) -> str:
    return B if any(change.breaking for change in changes) else C


@pytest.mark.parametrize("case", SCHEMAS, ids=[case[0] for case in SCHEMAS])
def test_narrowing_breaks_requests_and_widening_breaks_responses(
    case: tuple[str, Any, Any, set[str], str, str], tmp_path: Path
) -> None:
    _, old, new, expected, request, response = case
    turned = {"narrowed": "widened", "widened": "narrowed", "changed": "changed"}
    for direction, judged, back in (
        ("request", request, response),
        ("response", response, request),
    ):
        pair = [
            with_bodies(each, {}) if direction == "request" else with_bodies({}, each)
            for each in (old, new)
        ]
        there = compared(tmp_path, *pair)
        assert rules(there) == {f"{direction}-{rule}" for rule in expected}
        assert verdict(there) == judged
        again = compared(tmp_path, *reversed(pair))
        assert verdict(again) == (back if request != response else B)
        assert rules(again) == {
            f"{direction}-{kind}-{turned[word]}"
            for kind, _, word in (rule.rpartition("-") for rule in expected)
        }


def edit(*steps: Any, to: Any) -> Callable[[Document], None]:
    """Sets, or with None removes, what a path of keys leads to."""

    def change(document: Document) -> None:
        place: Any = document
        for step in steps[:-1]:
            place = place[step]
        if to is None:
            del place[steps[-1]]
        elif steps[-1] == "+":
            place.append(to)
        else:
            place[steps[-1]] = to

    return change


MAKE = ("paths", "/things/{id}", "post")
OK = (*MAKE, "responses", "200")
JSON_ = ("content", "application/json")
BODY = (*MAKE, "requestBody", *JSON_, "schema")
REPLY = (*OK, *JSON_, "schema")
FILTER = (*MAKE, "parameters", 1)
QUERY = {"name": "q", "in": "query", "schema": {"type": "string"}}
STRING = {"schema": {"type": "string"}}
PARTS = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
CLOSED = {**OBJECT, "additionalProperties": False}


def flagged(**flags: bool) -> Document:
    return {"type": "object", "properties": {"a": {"type": "string", **flags}}}


# What the old contract has beside the base, what the new one has, the rule, and its mirror.
OTHERS: list[tuple[str, list[Any], list[Any], set[str], set[str]]] = [
    (
        "operation",
        [],
        [edit("paths", "/others", to=None)],
        {"operation-removed"},
        {"operation-added"},
    ),
    (
        "operationId",
        [],
        [edit(*MAKE, "operationId", to="put")],
        {"operation-id-changed"},
        {"operation-id-changed"},
    ),
    (
        "deprecated",
        [],
        [edit(*MAKE, "deprecated", to=True)],
        {"operation-deprecated"},
        {"operation-revived"},
    ),
    (
        "sunset",
        [edit(*MAKE, "x-sunset", to="2027-02-01")],
        [edit(*MAKE, "x-sunset", to="2027-01-01")],
        {"sunset-earlier"},
        {"sunset-later"},
    ),
    (
        "sunset announced",
        [],
        [edit(*MAKE, "x-sunset", to="2027-01-01")],
        {"sunset-added"},
        {"sunset-later"},
    ),
    (
        "callbacks",
        [],
        [
            edit(
                *MAKE,
                "callbacks",
                to={
                    "done": {
                        "{$request.body#/url}": {
                            "post": {
                                "operationId": "done",
                                "responses": {"200": {"description": "Taken."}},
                            }
                        }
                    }
                },
            )
        ],
        {"callbacks-changed"},
        {"callbacks-changed"},
    ),
    (
        "parameter",
        [],
        [edit(*MAKE, "parameters", "+", to=QUERY)],
        {"parameter-added-optional"},
        {"parameter-removed"},
    ),
    (
        "required parameter",
        [],
        [edit(*MAKE, "parameters", "+", to={**QUERY, "required": True})],
        {"parameter-added-required"},
        {"parameter-removed"},
    ),
    (
        "parameter required",
        [],
        [edit(*FILTER, "required", to=True)],
        {"parameter-made-required"},
        {"parameter-made-optional"},
    ),
    (
        "parameter style",
        [edit(*FILTER, "schema", to={"type": "array", "items": {}})],
        [
            edit(*FILTER, "schema", to={"type": "array", "items": {}}),
            edit(*FILTER, "explode", to=False),
        ],
        {"parameter-style-changed"},
        {"parameter-style-changed"},
    ),
    (
        "parameter location",
        [],
        [edit(*FILTER, "in", to="header")],
        {"parameter-removed", "parameter-added-optional"},
        {"parameter-removed", "parameter-added-optional"},
    ),
    (
        "parameter type",
        [],
        [edit(*FILTER, "schema", "type", to="integer")],
        {"request-type-changed"},
        {"request-type-changed"},
    ),
    (
        "parameter values",
        [],
        [edit(*FILTER, "schema", "enum", to=["a"])],
        {"request-enum-narrowed"},
        {"request-enum-widened"},
    ),
    (
        "parameter default",
        [],
        [edit(*FILTER, "schema", "default", to="a")],
        {"request-default-changed"},
        {"request-default-changed"},
    ),
    (
        "parameter empty",
        [],
        [edit(*FILTER, "allowEmptyValue", to=True)],
        {"parameter-empty-allowed"},
        {"parameter-empty-refused"},
    ),
    (
        "parameter media type",
        [],
        [
            edit(*FILTER, "schema", to=None),
            edit(*FILTER, "content", to={"application/json": STRING}),
        ],
        {"parameter-media-type-changed"},
        {"parameter-media-type-changed"},
    ),
    ("header's case", [], [edit(*MAKE, "parameters", 2, "name", to="x-trace")], set(), set()),
    (
        "body",
        [edit(*MAKE, "requestBody", to=None)],
        [],
        {"request-body-added-optional"},
        {"request-body-removed"},
    ),
    (
        "required body",
        [edit(*MAKE, "requestBody", to=None)],
        [edit(*MAKE, "requestBody", "required", to=True)],
        {"request-body-added-required"},
        {"request-body-removed"},
    ),
    (
        "body required",
        [],
        [edit(*MAKE, "requestBody", "required", to=True)],
        {"request-body-made-required"},
        {"request-body-made-optional"},
    ),
    (
        "media type taken",
        [],
        [edit(*MAKE, "requestBody", "content", "text/plain", to=STRING)],
        {"request-media-type-added"},
        {"request-media-type-removed"},
    ),
    (
        "media type made a range",
        [edit(*MAKE, "requestBody", "content", to={"text/plain": STRING})],
        [edit(*MAKE, "requestBody", "content", to={"text/*": STRING})],
        {"request-media-type-added"},
        {"request-media-type-removed", "request-media-type-added"},
    ),
    (
        "encoding",
        [edit(*MAKE, "requestBody", "content", to={"multipart/form-data": {"schema": PARTS}})],
        [
            edit(
                *MAKE,
                "requestBody",
                "content",
                to={
                    "multipart/form-data": {
                        "schema": PARTS,
                        "encoding": {"a": {"contentType": "application/json"}},
                    }
                },
            )
        ],
        {"request-encoding-changed"},
        {"request-encoding-changed"},
    ),
    (
        "request property",
        [edit(*BODY, to=OBJECT)],
        [edit(*BODY, to=PARTS)],
        {"request-property-added"},
        {"request-property-removed"},
    ),
    (
        "required request property",
        [edit(*BODY, to=OBJECT)],
        [edit(*BODY, to={**PARTS, "required": ["b"]})],
        {"request-property-added", "request-required-narrowed"},
        {"request-property-removed", "request-required-widened"},
    ),
    (
        "request property, closed",
        [edit(*BODY, to=CLOSED)],
        [edit(*BODY, to={**PARTS, "additionalProperties": False})],
        {"request-property-added"},
        {"request-property-removed"},
    ),
    (
        "response property",
        [edit(*REPLY, to=OBJECT)],
        [edit(*REPLY, to=PARTS)],
        {"response-property-added"},
        {"response-property-removed"},
    ),
    (
        "response property, closed",
        [edit(*REPLY, to=CLOSED)],
        [edit(*REPLY, to={**PARTS, "additionalProperties": False})],
        {"response-property-added-to-closed"},
        {"response-property-removed"},
    ),
    (
        "read-only in a request",
        [edit(*BODY, to=flagged())],
        [edit(*BODY, to=flagged(readOnly=True))],
        {"request-property-removed"},
        {"request-property-added"},
    ),
    (
        "write-only in a response",
        [edit(*REPLY, to=flagged())],
        [edit(*REPLY, to=flagged(writeOnly=True))],
        {"response-property-removed"},
        {"response-property-added-to-closed"},
    ),
    (
        "read-only and required in a request",
        [edit(*BODY, to=flagged(readOnly=True))],
        [edit(*BODY, to={**flagged(readOnly=True), "required": ["a"]})],
        set(),
        set(),
    ),
    (
        "request default",
        [edit(*BODY, to={"type": "string"})],
        [edit(*BODY, to={"type": "string", "default": "a"})],
        {"request-default-changed"},
        {"request-default-changed"},
    ),
    (
        "response default",
        [edit(*REPLY, to={"type": "string"})],
        [edit(*REPLY, to={"type": "string", "default": "a"})],
        {"response-default-changed"},
        {"response-default-changed"},
    ),
    (
        "error response",
        [],
        [edit(*MAKE, "responses", "404", to=None)],
        {"response-error-removed"},
        {"response-added"},
    ),
    (
        "success response",
        [edit(*MAKE, "responses", "202", to={"description": "Later."})],
        [],
        {"response-removed"},
        {"response-added"},
    ),
    (
        "status covered by a range",
        [],
        [
            edit(*MAKE, "responses", "404", to=None),
            edit(*MAKE, "responses", "4XX", to={"description": "No such thing."}),
        ],
        {"response-added"},
        {"response-error-removed"},
    ),
    (
        "media type answered",
        [],
        [edit(*OK, "content", "text/plain", to=STRING)],
        {"response-media-type-added"},
        {"response-media-type-removed"},
    ),
    (
        "response header",
        [],
        [edit(*OK, "headers", "Age", to=STRING)],
        {"response-header-added"},
        {"response-header-removed"},
    ),
    (
        "response header required",
        [],
        [edit(*OK, "headers", "ETag", "required", to=False)],
        {"response-header-made-optional"},
        {"response-header-made-required"},
    ),
    (
        "response header type",
        [],
        [edit(*OK, "headers", "ETag", "schema", to={"type": "string", "maxLength": 9})],
        {"response-max-length-narrowed"},
        {"response-max-length-widened"},
    ),
    (
        "response header spelling",
        [],
        [edit(*OK, "headers", "ETag", "explode", to=True)],
        {"response-header-style-changed"},
        {"response-header-style-changed"},
    ),
    (
        "security",
        [],
        [edit(*MAKE, "security", to=[{"key": []}])],
        {"security-narrowed"},
        {"security-widened"},
    ),
    (
        "security of the root",
        [],
        [edit("security", to=[{"key": []}])],
        {"security-narrowed"},
        {"security-widened"},
    ),
    (
        "security alternative",
        [edit(*MAKE, "security", to=[{"key": []}])],
        [edit(*MAKE, "security", to=[{"key": []}, {"tokens": ["read"]}])],
        {"security-widened"},
        {"security-narrowed"},
    ),
    (
        "security scope",
        [edit(*MAKE, "security", to=[{"tokens": ["read"]}])],
        [edit(*MAKE, "security", to=[{"tokens": ["read", "write"]}])],
        {"security-narrowed"},
        {"security-widened"},
    ),
    (
        "security scheme's name",
        [edit(*MAKE, "security", to=[{"key": []}])],
        [
            edit(
                "components",
                "securitySchemes",
                "secret",
                to={"type": "apiKey", "name": "X-API-Key", "in": "header"},
            ),
            edit(*MAKE, "security", to=[{"secret": []}]),
        ],
        {"security-scheme-renamed"},
        {"security-scheme-renamed"},
    ),
    (
        "servers",
        [],
        [edit("servers", to=[{"url": "https://example.com"}])],
        {"servers-changed"},
        {"servers-changed"},
    ),
    (
        "links",
        [],
        [edit(*OK, "links", to={"next": {"operationId": "listOthers"}})],
        {"links-changed"},
        {"links-changed"},
    ),
    ("tags", [], [edit(*MAKE, "tags", to=["things"])], {"tags-changed"}, {"tags-changed"}),
    (
        "summary",
        [],
        [edit(*MAKE, "summary", to="Make one.")],
        {"description-changed"},
        {"description-changed"},
    ),
    (
        "title",
        [],
        [edit("info", "title", to="Another")],
        {"description-changed"},
        {"description-changed"},
    ),
    (
        "schema's description",
        [edit(*BODY, to={"type": "string"})],
        [edit(*BODY, to={"type": "string", "description": "A name."})],
        {"description-changed"},
        {"description-changed"},
    ),
    (
        "example",
        [edit(*BODY, to={"type": "string"})],
        [edit(*BODY, to={"type": "string", "example": "a"})],
        {"examples-changed"},
        {"examples-changed"},
    ),
    (
        "deprecated parameter",
        [],
        [edit(*FILTER, "deprecated", to=True)],
        {"deprecated-changed"},
        {"deprecated-changed"},
    ),
]


@pytest.mark.parametrize("case", OTHERS, ids=[case[0] for case in OTHERS])
def test_each_class_of_change_has_its_rule(
    case: tuple[str, list[Any], list[Any], set[str], set[str]], tmp_path: Path
) -> None:
    _, before, after, there, back = case
    old, new = base(), base()
    for changes, document in ((before, old), (after, new)):
        for change in copy.deepcopy(changes):
            change(document)
    assert rules(compared(tmp_path, old, new)) == there
    assert rules(compared(tmp_path, new, old)) == back


def test_every_rule_that_is_not_about_a_schema_is_shown() -> None:
    shown = {rule for *_, there, back in OTHERS for rule in (*there, *back)}
    missing = {
        "operation-removed-after-sunset",
        "webhooks-changed",
        "parameter-renamed",
        "response-encoding-changed",
    }
    generated = {id_ for id_ in RULES if id_.endswith(("-widened", "-narrowed", "-changed"))}
    assert {id_ for id_ in RULES if id_ not in generated} - shown <= missing


SCHEMAS_3_1: list[tuple[str, Any, Any, set[str]]] = [
    ("type list", {"type": ["string", "null"]}, {"type": "string"}, {"type-narrowed"}),
    ("const", {}, {"const": 1}, {"type-narrowed", "enum-narrowed"}),
    ("const and enum", {"enum": [1]}, {"const": 1}, set()),
    ("exclusive limit", {"exclusiveMinimum": 1}, {"exclusiveMinimum": 2}, {"minimum-narrowed"}),
    ("prefix", {"prefixItems": [{}]}, {"prefixItems": [{"type": "string"}]}, {"type-narrowed"}),
    ("contains", {}, {"contains": {"type": "string"}}, {"contains-changed"}),
    ("dependent", {}, {"dependentRequired": {"a": ["b"]}}, {"dependent-narrowed"}),
    (
        "dependent schema",
        {},
        {"dependentSchemas": {"a": {"minProperties": 2}}},
        {"dependent-narrowed"},
    ),
    ("names", {}, {"propertyNames": {"maxLength": 3}}, {"property-names-narrowed"}),
    (
        "pattern properties",
        {},
        {"patternProperties": {"^x": {"type": "string"}}},
        {"pattern-properties-changed"},
    ),
    (
        "condition",
        {},
        {"if": {"type": "string"}, "then": {"minLength": 1}},
        {"conditional-changed"},
    ),
    ("unevaluated", {}, {"unevaluatedProperties": False}, {"unevaluated-changed"}),
    (
        "beside a reference",
        {"$ref": "#/components/schemas/Text"},
        {"$ref": "#/components/schemas/Text", "maxLength": 3},
        {"max-length-narrowed"},
    ),
]


@pytest.mark.parametrize("case", SCHEMAS_3_1, ids=[case[0] for case in SCHEMAS_3_1])
def test_keywords_of_3_1_are_compared(case: tuple[str, Any, Any, set[str]], tmp_path: Path) -> None:
    _, old, new, expected = case
    pair = []
    for schema in (old, new):
        document = with_bodies(schema, {})
        document["openapi"] = "3.1.0"
        document["components"]["schemas"] = {"Text": {"type": "string"}}
        pair.append(document)
    assert rules(compared(tmp_path, *pair)) == {f"request-{rule}" for rule in expected}


def test_webhooks_are_told_not_compared(tmp_path: Path) -> None:
    hook = {"thing": {"post": {"operationId": "hook", "responses": {"200": {"description": "."}}}}}
    old, new = base("3.1.0"), {**base("3.1.0"), "webhooks": hook}
    assert rules(compared(tmp_path, old, new)) == {"webhooks-changed"}


def test_a_path_variable_may_be_renamed(tmp_path: Path) -> None:
    new = base()
    new["paths"]["/things/{thingId}"] = new["paths"].pop("/things/{id}")
    new["paths"]["/things/{thingId}"]["post"]["parameters"][0]["name"] = "thingId"
    assert rules(compared(tmp_path, base(), new)) == {"parameter-renamed"}


def test_an_operation_past_its_sunset_may_go_and_still_takes_two_releases(tmp_path: Path) -> None:
    old, new = base(), base()
    old["paths"]["/others"]["get"].update({"deprecated": True, "x-sunset": "2026-11-24"})
    del new["paths"]["/others"]
    (change,) = compared(tmp_path, old, new)
    assert change.rule.id == "operation-removed-after-sunset"
    assert "takes two releases" in change.sentence
    old["paths"]["/others"]["get"]["x-sunset"] = TODAY.isoformat()
    (change,) = compared(tmp_path, old, new)
    assert change.breaking
    assert "takes two releases" in change.sentence


TREE = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "next": {"$ref": "#/components/schemas/Tree"}},
}


def test_a_change_in_a_recursive_schema_is_told_once(tmp_path: Path) -> None:
    pair = []
    for limit in (9, 8):
        document = with_bodies({"$ref": "#/components/schemas/Tree"}, {})
        tree = copy.deepcopy(TREE)
        tree["properties"]["name"]["maxLength"] = limit  # type: ignore[index]
        document["components"]["schemas"] = {"Tree": tree}
        pair.append(document)
    (change,) = compared(tmp_path, *pair)
    assert change.rule.id == "request-max-length-narrowed"
    assert change.old is not None
    assert change.new is not None
    assert change.new.pointer == "/components/schemas/Tree/properties/name/maxLength"
    assert change.part == "request body (application/json)/name"
    lines = (tmp_path / "new.yaml").read_text().splitlines()
    assert "maxLength: 8" in lines[(change.new.line or 0) - 1]


def test_schemas_that_refer_to_each_other_in_many_ways_are_compared_once_each(
    tmp_path: Path,
) -> None:
    """Every one of 12 refers to all others: there are more ways through than could be gone."""
    names = [f"S{index}" for index in range(12)]
    pair = []
    for limit in (9, 8):
        document = with_bodies({"$ref": "#/components/schemas/S0"}, {})
        schemas: Document = {
            name: {
                "type": "object",
                "properties": {other: {"$ref": f"#/components/schemas/{other}"} for other in names}
                | {
                    f"or{other}": {
                        "anyOf": [{"$ref": f"#/components/schemas/{other}"}, {"type": "string"}]
                    }
                    for other in names[:2]
                },
            }
            for name in names
        }
        schemas["S11"]["maxProperties"] = limit
        document["components"]["schemas"] = schemas
        pair.append(document)
    (change,) = compared(tmp_path, *pair)
    assert change.rule.id == "request-max-properties-narrowed"


def _mutually_recursive(count: int, limit: int) -> Document:
    """Each schema has one of all of them next to it."""
    every = [{"$ref": f"#/components/schemas/S{index}"} for index in range(count)]
    document = with_bodies(every[0], {})
    document["components"]["schemas"] = {
        f"S{index}": {
            "type": "object",
            "properties": {"next": {"anyOf": every}, f"own{index}": {"maxLength": limit}},
        }
        for index in range(count)
    }
    return document


def test_a_pair_of_mutually_recursive_schemas_is_looked_at_a_few_times_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    look = SchemaComparison._views

    def counted(*arguments: Any) -> Any:
        nonlocal looks
        looks += 1
        return look(*arguments)

    monkeypatch.setattr(SchemaComparison, "_views", counted)
    count = 10
    changes = compared(tmp_path, _mutually_recursive(count, 9), _mutually_recursive(count, 8))
    assert rules(changes) == {"request-max-length-narrowed"}
    assert len(changes) == count
    assert looks < 10 * count**2


def test_a_schema_that_a_callback_reaches_is_part_of_it(tmp_path: Path) -> None:
    pair = []
    for limit in (9, 8):
        document = base()
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}}
        done = {"operationId": "done", "requestBody": {"content": content}}
        done["responses"] = {"200": {"description": "Taken."}}
        thing(document)["callbacks"] = {"done": {"{$request.body#/url}": {"post": done}}}
        tree = copy.deepcopy(TREE)
        tree["properties"]["name"]["maxLength"] = limit  # type: ignore[index]
        document["components"]["schemas"] = {"Tree": tree}
        pair.append(document)
    assert rules(compared(tmp_path, *pair)) == {"callbacks-changed"}
    assert compared(tmp_path, pair[0], copy.deepcopy(pair[0])) == ()


def test_a_mapping_of_a_discriminator_is_part_of_the_contract(tmp_path: Path) -> None:
    def pets(mapping: dict[str, str]) -> Document:
        document = with_bodies(
            {
                "oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Dog")],
                "discriminator": {"propertyName": "kind", "mapping": mapping},
            },
            {},
        )
        pet = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
        document["components"]["schemas"] = {"Cat": pet, "Dog": copy.deepcopy(pet)}
        return document

    one = pets({"cat": "#/components/schemas/Cat"})
    assert not compared(tmp_path, one, copy.deepcopy(one))
    two = pets({"cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog"})
    assert rules(compared(tmp_path, one, two)) == {"request-discriminator-widened"}
    assert rules(compared(tmp_path, two, one)) == {"request-discriminator-narrowed"}


def test_a_contract_is_no_change_of_itself_in_another_layout(tmp_path: Path) -> None:
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text())
    (tmp_path / "schemas.yaml").write_text(yaml.safe_dump(document["components"].pop("schemas")))
    text = yaml.safe_dump(document).replace("#/components/schemas/", "schemas.yaml#/")
    (tmp_path / "openapi.yaml").write_text(text)
    schemas = tmp_path / "schemas.yaml"
    schemas.write_text(schemas.read_text().replace("#/components/schemas/", "#/"))
    old, new = load(ROOT / "openapi.yaml"), load(tmp_path / "openapi.yaml")
    assert compare_contracts(old, new, today=TODAY) == ()
    assert compare_contracts(new, old, today=TODAY) == ()


def files(folder: Path, old: Document, new: Document) -> list[str]:
    compared(folder, old, new)
    return [str(folder / "old.yaml"), str(folder / "new.yaml")]


def test_the_command_exits_1_for_what_breaks_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = base()
    thing(new)["parameters"][1]["required"] = True
    thing(new)["summary"] = "Make one."
    paths = files(tmp_path, base(), new)
    assert main(["diff", *paths]) == 1
    text = capsys.readouterr().out
    assert "POST /things/{id}\n  breaking: query parameter filter: " in text
    assert "new.yaml:" in text
    assert "#/paths/~1things~1{id}/post/parameters/1" in text
    assert text.endswith("1 breaking, 0 compatible, 1 documentation only.\n")
    assert main(["diff", *reversed(paths)]) == 0


def test_programs_read_the_changes_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = base()
    del new["paths"]["/others"]
    assert main(["diff", "--format", "json", *files(tmp_path, base(), new)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["breaking"] is True
    (change,) = told["changes"]
    assert (change["rule"], change["verdict"], change["operation"]) == (
        "operation-removed",
        "breaking",
        "GET /others",
    )
    assert change["old"]["pointer"] == "/paths/~1others/get"
    assert change["new"]["pointer"] == "/paths"
    assert isinstance(change["old"]["line"], int)


def test_annotations_stand_at_the_new_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = base()
    thing(new)["parameters"][1]["required"] = True
    paths = files(tmp_path, base(), new)
    assert main(["diff", "--format", "github", *paths]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"::error file={paths[1]},line=")
    assert "title=parameter-made-required::POST /things/{id}: query parameter filter" in line


@pytest.mark.parametrize("text", [None, "swagger: '2.0'", "paths: [", "openapi: 3.0.3"])
def test_what_cannot_be_read_is_2_without_a_traceback(
    text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.yaml"
    if text is not None:
        bad.write_text(text)
    good = files(tmp_path, base(), base())[0]
    for arguments in ([str(bad), good], [good, str(bad)]):
        assert main(["diff", *arguments]) == 2
        told = capsys.readouterr()
        assert "bad.yaml" in told.err
        assert "Traceback" not in told.err
        assert not told.out


def test_every_rule_has_an_id_of_its_own_and_a_verdict() -> None:
    assert all(id_ == rule.id and rule.statement for id_, rule in RULES.items())
    assert {rule.verdict for rule in RULES.values()} == set(Verdict)


def test_the_page_of_rules_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == rules_page(), (
        "write it anew: python tools/diff_rules.py"
    )
