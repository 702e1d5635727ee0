"""Small contracts for tests, written as the difference to one that is whole."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

_WHOLE: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Test API", "version": "1"},
    "paths": {
        "/things/{id}": {
            "get": {
                "operationId": "getThing",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "responses": {"200": {"description": "A thing."}},
            }
        }
    },
}


def whole() -> dict[str, Any]:
    """A contract with one operation and no fault."""
    return copy.deepcopy(_WHOLE)


def operation(document: dict[str, Any]) -> dict[str, Any]:
    """The one operation of `whole()`."""
    found: dict[str, Any] = document["paths"]["/things/{id}"]["get"]
    return found


def written(folder: Path, document: dict[str, Any] | str) -> Path:
    """The path of the document, written as YAML."""
    path = folder / "openapi.yaml"
    path.write_text(as_yaml(document), encoding="utf-8")
    return path


def as_yaml(document: dict[str, Any] | str) -> str:
    """The document as YAML; a string is taken as it is."""
    if isinstance(document, str):
        return document
    # libyaml, which takes a fiftieth of the time of PyYAML's own on long strings.
    return yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
