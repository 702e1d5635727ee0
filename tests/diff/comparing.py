"""A contract with one of everything, and what changes in it: the shared part of the diff tests."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from openapi_first.diff.contracts import compare_contracts
from openapi_first.diff.findings.changes import Change
from openapi_first.openapi.loader import load

TODAY = date(2026, 11, 25)

Document = dict[str, Any]
Case = tuple[str, list[Any], list[Any], set[str], set[str]]
"""A name, what the old contract has beside the base, what the new one has, the rules that report
the change, and those that report its reverse."""

MAKE = ("paths", "/things/{id}", "post")
OK = (*MAKE, "responses", "200")
JSON_ = ("content", "application/json")
BODY = (*MAKE, "requestBody", *JSON_, "schema")
REPLY = (*OK, *JSON_, "schema")
FILTER = (*MAKE, "parameters", 1)
STRING = {"schema": {"type": "string"}}
OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}
PARTS = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}


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
                        "404": {"description": "It does not exist."},
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


def with_bodies(request: Any, response: Any) -> Document:
    document = base()
    thing(document)["requestBody"]["content"]["application/json"]["schema"] = request
    ok = thing(document)["responses"]["200"]
    ok["content"]["application/json"]["schema"] = response
    return document


def edit(*steps: Any, to: Any) -> Callable[[Document], None]:
    """Sets the value at a path of keys, appends it at `+`, or removes it with None."""

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


def compared(folder: Path, old: Document, new: Document) -> tuple[Change, ...]:
    paths = folder / "old.yaml", folder / "new.yaml"
    for path, document in zip(paths, (old, new), strict=True):
        path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return compare_contracts(load(paths[0]), load(paths[1]), today=TODAY)


def rules(changes: tuple[Change, ...]) -> set[str]:
    return {change.rule.id for change in changes}


def assert_rules(case: Case, folder: Path) -> None:
    _, before, after, there, back = case
    old, new = base(), base()
    for changes, document in ((before, old), (after, new)):
        for change in copy.deepcopy(changes):
            change(document)
    assert rules(compared(folder, old, new)) == there
    assert rules(compared(folder, new, old)) == back
