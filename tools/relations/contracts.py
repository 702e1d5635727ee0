"""Contracts with room for changes."""

from __future__ import annotations

import random
from typing import Any

from relations.schemas import Schema, obj, scalar, schema

Document = dict[str, Any]

PROBLEM: Schema = {"type": "object", "properties": {"title": {"type": "string"}}}


def contract(rng: random.Random, version: str) -> Document:
    """Three operations with parameters, bodies, responses, headers and security."""
    paths: Document = {}
    for index in range(3):
        name = f"things{index}"
        paths.setdefault(f"/{name}/{{id}}", {})["post"] = _operation(rng, version, name)
    return {
        "openapi": "3.0.3" if version == "3.0" else "3.1.0",
        "info": {"title": "Generated", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": {},
            "securitySchemes": {
                "key": {"type": "apiKey", "name": "X-Api-Key", "in": "header"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def text(rng: random.Random, version: str) -> Schema:
    """A scalar that a string can stand for."""
    found = scalar(rng, version)
    found.pop("nullable", None)
    return found


def _operation(rng: random.Random, version: str, name: str) -> Document:
    parameters: list[Document] = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "filter", "in": "query", "schema": text(rng, version)},
        {"name": "X-Trace", "in": "header", "schema": text(rng, version)},
        {
            "name": "many",
            "in": "query",
            "schema": {"type": "array", "items": text(rng, version)},
        },
    ]
    for parameter in parameters[1:]:
        parameter["required"] = rng.random() < 0.3
    ok = {
        "description": "Done.",
        "headers": {"X-Count": {"required": rng.random() < 0.5, "schema": text(rng, version)}},
        "content": {"application/json": {"schema": schema(rng, version)}},
    }
    error = {"description": "Failed.", "content": {"application/json": {"schema": PROBLEM}}}
    found: Document = {
        "operationId": name,
        "parameters": parameters,
        "requestBody": {
            "required": rng.random() < 0.5,
            "content": {"application/json": {"schema": obj(rng, version, 2)}},
        },
        "responses": {"200": ok, "404": error},
    }
    if rng.random() < 0.5:
        found["security"] = [{"key": []}]
    return found
