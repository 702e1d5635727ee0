"""Events of the sample's API, as a REST API's proxy integration sends them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

CALLER = "key-one"
"""The id of the API key."""


def event(
    method: str,
    id: str | None = None,
    *,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    api_key_id: str | None = CALLER,
) -> dict[str, Any]:
    """Without an id, of the collection (AWS: set-up-lambda-proxy-integrations, input format)."""
    path = "/items" if id is None else f"/items/{id}"
    sent = dict(headers or {})
    if body is not None:
        sent["Content-Type"] = "application/json"
    return {
        "resource": "/items" if id is None else "/items/{id}",
        "path": path,
        "httpMethod": method,
        "headers": sent or None,
        "multiValueHeaders": {name: [value] for name, value in sent.items()} or None,
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {k: [v] for k, v in query.items()} if query else None,
        "pathParameters": None if id is None else {"id": id},
        "requestContext": {
            "path": f"/prod{path}",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"apiKeyId": api_key_id} if api_key_id else {},
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }
