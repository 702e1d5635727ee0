"""Serves the compiled module on the Python path, with one request for it."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import compiled
from openapi_first.runtime import Reply, lambda_handler

BODY = {
    "name": "Serverless Guide",
    "note": None,
    "state": "open",
    "amount": {"value": 12.5, "currency": "EUR"},
    "lines": [{"sku": "AB-1234", "count": 2}, {"sku": "CD-5678", "count": 1}],
    "address": {"street": "High Street"},
}
STORED = {
    **BODY,
    "id": "5f0c6a0e-6d6f-4d9c-9d54-3f1f4ce9c1a7",
    "created_at": "2026-11-24T09:30:00Z",
}


def _operation(**arguments: Any) -> Reply[Any]:
    return Reply(STORED, 201)


# The same function serves every operation; the request is a POST to the last resource.
_operations = ModuleType("operations")
for _name in compiled.SIGNATURES:
    setattr(_operations, _name, _operation)
handler = lambda_handler(compiled, _operations)

_resource = [path for method, path in compiled.ROUTES if method == "POST"][-1]
event: dict[str, Any] = {
    "resource": _resource,
    "path": _resource,
    "httpMethod": "POST",
    "headers": {"Content-Type": "application/json"},
    "multiValueHeaders": {"Content-Type": ["application/json"]},
    "queryStringParameters": None,
    "multiValueQueryStringParameters": None,
    "pathParameters": None,
    "requestContext": {"requestId": "6f1fb7e7-02d7-4f8f-9d38-0f7ec1d1f6f2"},
    "body": json.dumps(BODY),
    "isBase64Encoded": False,
}
