"""Walks of an import document, with JSON Pointers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from importer.rules import Document

ANY = "x-amazon-apigateway-any-method"
METHODS = ("get", "put", "post", "delete", "patch", "options", "head", ANY)


def pointed(*steps: str | int) -> str:
    """The JSON Pointer of a place (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def children(value: Any, pointer: str) -> Iterator[tuple[str | int, Any, str]]:
    """What stands directly in an object or array."""
    members = value.items() if isinstance(value, dict) else ()
    for key, each in (*members, *(enumerate(value) if isinstance(value, list) else ())):
        yield key, each, pointer + pointed(key)


def methods(document: Document) -> Iterator[tuple[str, str, Document, str]]:
    """Each path, method, operation and pointer."""
    for path, item in document.get("paths", {}).items():
        for name in METHODS:
            if name in item:
                yield path, name, item[name], pointed("paths", path, name)


def parameters(document: Document) -> Iterator[tuple[Document, str]]:
    """The parameters of operations."""
    for _, _, operation, pointer in methods(document):
        for _, each, place in children(operation.get("parameters", []), pointer + "/parameters"):
            yield each, place


def integrations(document: Document) -> Iterator[tuple[Document, Document, str]]:
    """Each operation, its integration, and where that is."""
    key = "x-amazon-apigateway-integration"
    for _, _, operation, pointer in methods(document):
        if key in operation:
            yield operation, _resolved(document, operation[key]), f"{pointer}/{key}"


def _resolved(document: Any, value: Document) -> Document:
    for step in value.get("$ref", "#").split("/")[1:]:
        document = document[step]
    return document if "$ref" in value else value


def authorizers(document: Document) -> Iterator[tuple[str, Document, str]]:
    """The authorizers, by their schemes."""
    key = "x-amazon-apigateway-authorizer"
    schemes = document.get("components", {}).get("securitySchemes", {})
    for name, scheme in schemes.items():
        if key in scheme:
            yield name, scheme[key], pointed("components", "securitySchemes", name, key)


def models(document: Document) -> Iterator[tuple[str, Any, str]]:
    """The models: `components.schemas`, and the schemas that stand in bodies and responses."""
    components = document.get("components", {}).get("schemas", {})
    for name, schema in components.items():
        yield name, schema, pointed("components", "schemas", name)
    for _, _, operation, pointer in methods(document):
        body = operation.get("requestBody", {})
        yield from _contents(body, f"{pointer}/requestBody")
        for status, response in operation.get("responses", {}).items():
            yield from _contents(response, f"{pointer}/responses" + pointed(status))


def _contents(owner: Document, pointer: str) -> Iterator[tuple[str, Any, str]]:
    for kind, content in owner.get("content", {}).items():
        if "schema" in content:
            yield "", content["schema"], pointer + pointed("content", kind, "schema")


_SINGLE = ("not", "items", "additionalProperties")
_LISTS = ("allOf", "anyOf", "oneOf")


def schemas(root: Any, pointer: str, composed: bool = False) -> Iterator[tuple[Any, str, bool]]:
    """Each schema in a schema, its pointer, and whether it is part of a composition."""
    yield root, pointer, composed
    if not isinstance(root, dict):
        return
    for key in _SINGLE:
        if isinstance(root.get(key), dict):
            yield from schemas(root[key], f"{pointer}/{key}", composed)
    for key in _LISTS:
        for _, each, place in children(root.get(key, []), f"{pointer}/{key}"):
            yield from schemas(each, place, True)
    for _, each, place in children(root.get("properties", {}), f"{pointer}/properties"):
        yield from schemas(each, place, composed)


def references(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Every `$ref` that is text, and where it stands."""
    for key, each, place in children(value, pointer):
        if key == "$ref" and isinstance(each, str):
            yield each, place
        elif key != "enum":
            yield from references(each, place)
