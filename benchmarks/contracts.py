"""Realistic contracts of any size: resources with five operations each, their schemas, shared
parameters, and problem details for errors."""

from __future__ import annotations

from typing import Any

_PROBLEMS = {
    "400": "The request does not match the API contract.",
    "404": "The resource does not exist.",
    "409": "The resource already exists.",
    "500": "The service failed.",
}


def contract_of(operations: int, openapi: str = "3.0.3") -> dict[str, Any]:
    """Five operations for each resource; the last resource may have fewer."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = _shared()
    for number in range(-(-operations // 5)):
        name = f"Thing{number}"
        schemas.update(_schemas(name, openapi))
        for path, method, operation in _operations(name)[: operations - number * 5]:
            paths.setdefault(path, {})[method] = operation
    return {
        "openapi": openapi,
        "info": {"title": f"{operations} operations", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": {
                "Id": _parameter("id", "path", {"type": "string", "format": "uuid"}, True),
                "Limit": _parameter(
                    "limit", "query", {"type": "integer", "minimum": 1, "maximum": 100}
                ),
                "IfMatch": _parameter("If-Match", "header", {"type": "string", "minLength": 1}),
            },
            "responses": {
                f"Problem{status}": {
                    "description": description,
                    "content": {
                        "application/problem+json": {
                            "schema": {"$ref": "#/components/schemas/Problem"}
                        }
                    },
                }
                for status, description in _PROBLEMS.items()
            },
        },
    }


def _parameter(name: str, place: str, schema: Any, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": _ref("schemas", name)}}


def _operations(name: str) -> list[tuple[str, str, dict[str, Any]]]:
    many, one = f"/{name.lower()}s", f"/{name.lower()}s/{{id}}"
    body = {"required": True, "content": _json(f"{name}Input")}
    by_id = [_ref("parameters", "Id")]
    search = [
        _ref("parameters", "Limit"),
        _parameter("tag", "query", {"type": "array", "items": {"type": "string"}}),
        _parameter("state", "query", {"type": "string", "enum": ["new", "open", "done"]}),
    ]
    guarded = [*by_id, _ref("parameters", "IfMatch")]
    return [
        (many, "get", _operation(f"list{name}s", "200", f"{name}Page", search)),
        (many, "post", _operation(f"create{name}", "201", name, [], body)),
        (one, "get", _operation(f"get{name}", "200", name, by_id)),
        (one, "put", _operation(f"update{name}", "200", name, guarded, body)),
        (one, "delete", _operation(f"delete{name}", "204", "", guarded)),
    ]


def _operation(
    id: str, status: str, schema: str, parameters: list[Any], body: Any = None
) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "done"}
    if schema:
        success["content"] = _json(schema)
    problems = {status: _ref("responses", f"Problem{status}") for status in _PROBLEMS}
    operation = {
        "operationId": id,
        "parameters": parameters,
        "responses": {status: success, **problems},
    }
    return {**operation, "requestBody": body} if body else operation


def _schemas(name: str, openapi: str) -> dict[str, Any]:
    optional = (
        {"type": "string", "nullable": True}
        if openapi.startswith("3.0")
        else {"type": ["string", "null"]}
    )
    members = {
        "name": {"type": "string", "minLength": 1, "maxLength": 255},
        "note": {**optional, "maxLength": 1000},
        "state": {"type": "string", "enum": ["new", "open", "done"]},
        "amount": _ref("schemas", "Money"),
        "lines": {
            "type": "array",
            "maxItems": 50,
            "items": {
                "type": "object",
                "required": ["sku", "count"],
                "properties": {
                    "sku": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"},
                    "count": {"type": "integer", "minimum": 1, "format": "int32"},
                },
            },
        },
        "address": _ref("schemas", "Address"),
    }
    return {
        f"{name}Input": {
            "type": "object",
            "required": ["name", "amount"],
            "additionalProperties": False,
            "properties": members,
        },
        name: {
            "allOf": [
                _ref("schemas", "Stored"),
                {"type": "object", "required": ["name", "amount"], "properties": members},
            ]
        },
        f"{name}Page": {
            "type": "object",
            "required": ["items"],
            "properties": {
                "items": {"type": "array", "maxItems": 100, "items": _ref("schemas", name)},
                "next": {"type": "string"},
            },
        },
    }


def _shared() -> dict[str, Any]:
    return {
        "Stored": {
            "type": "object",
            "required": ["id", "created_at"],
            "properties": {
                "id": {"type": "string", "format": "uuid", "readOnly": True},
                "created_at": {"type": "string", "format": "date-time"},
            },
        },
        "Money": {
            "type": "object",
            "required": ["value", "currency"],
            "properties": {
                "value": {"type": "number", "minimum": 0},
                "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
            },
        },
        "Address": {
            "oneOf": [
                {
                    "type": "object",
                    "required": ["street"],
                    "properties": {"street": {"type": "string"}},
                },
                {"type": "object", "required": ["box"], "properties": {"box": {"type": "integer"}}},
            ]
        },
        "Problem": {
            "type": "object",
            "required": ["type", "title"],
            "properties": {
                "type": {"type": "string", "format": "uri-reference"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "errors": {"type": "array", "items": {"type": "object"}},
            },
        },
    }
