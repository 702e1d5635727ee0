"""The events of the three operations that are measured, and what a right answer is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from benchmarks.candidates import stub

CASES = ("create", "get", "list")
LIMIT = 50
NAME = "Serverless Guide"
DESCRIPTION = "A comprehensive tutorial"

_MEMBERS = {"id", "name", "description", "created_at", "updated_at"}


class WrongAnswer(Exception):
    """A candidate does not answer as the contract says; nothing it does is worth measuring."""


@dataclass(frozen=True, slots=True)
class Context:
    """What candidates read of Lambda's context."""

    aws_request_id: str = "8d1c6b2e-5f0a-4c93-9b7d-2a6e4f1c0d3b"
    function_name: str = "items"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:123456789012:function:items"

    def get_remaining_time_in_millis(self) -> int:
        return 25_000


def events(item_id: str) -> dict[str, dict[str, Any]]:
    """By case, as API Gateway sends them (Lambda developer guide: services-apigateway)."""
    body = json.dumps({"name": NAME, "description": DESCRIPTION})
    return {
        "create": event("POST", "/items", body=body),
        "get": event("GET", "/items/{id}", path={"id": item_id}),
        "list": event("GET", "/items", query={"limit": str(LIMIT)}),
    }


def event(
    method: str,
    resource: str,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    body: str | None = None,
) -> dict[str, Any]:
    """With headers that a REST API passes on. Some frameworks add CORS headers only for an
    Origin."""
    headers = {
        "Accept": "application/json",
        "Host": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
        "Origin": "https://shop.example",
        "User-Agent": "Mozilla/5.0",
        "X-Amzn-Trace-Id": "Root=1-6745a3c1-2f6c0b7e1d9a4c3b5e8f7a60",
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
        "x-api-key": "local-development-key",
    }
    if body is not None:
        headers["Content-Type"] = "application/json"
    sent = resource.replace("{id}", (path or {}).get("id", ""))
    return {
        "resource": resource,
        "path": sent,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": {n: [v] for n, v in query.items()} if query else None,
        "pathParameters": dict(path) if path else None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "httpMethod": method,
            "identity": {
                "apiKey": "local-development-key",
                "apiKeyId": "k1e2y3i4d5",
                "sourceIp": "203.0.113.7",
                "userAgent": "Mozilla/5.0",
            },
            "path": f"/prod{sent}",
            "protocol": "HTTP/1.1",
            "requestId": "6f0a3c1e-4a53-4f2b-9d5e-0c1d2e3f4a5b",
            "requestTimeEpoch": 1_764_063_000_000,
            "resourcePath": resource,
            "stage": "prod",
        },
        "body": body,
        "isBase64Encoded": False,
    }


def check(case: str, answer: Mapping[str, Any], item_id: str) -> None:
    """Raises WrongAnswer."""
    headers = headers_of(answer)
    body = json.loads(answer["body"])
    status = {"create": 201, "get": 200, "list": 200}[case]
    _require(answer["statusCode"] == status, case, answer)
    _require(headers["content-type"].startswith("application/json"), case, answer)
    _require(headers["access-control-allow-origin"] == "*", case, answer)
    if case == "list":
        _require(set(body) == {"items", "next_cursor"}, case, answer)
        _require(len(body["items"]) == LIMIT and len(body["next_cursor"]) == 28, case, answer)
        _require(all(set(item) == _MEMBERS for item in body["items"]), case, answer)
        return
    _require(set(body) == _MEMBERS, case, answer)
    _require(len(headers["etag"]) == 34 and headers["etag"][0] == '"', case, answer)
    if case == "get":
        _require(body["id"] == item_id, case, answer)
    else:
        _require((body["name"], body["description"]) == (NAME, DESCRIPTION), case, answer)
        _require(headers["location"] == f"/prod/items/{UUID(body['id'])}", case, answer)


def refused() -> dict[str, dict[str, Any]]:
    """Requests and responses that only a candidate without validation accepts."""
    return {
        "a body without its name": event("POST", "/items", body="{}"),
        "an unknown member": event("POST", "/items", body='{"name": "a", "size": 1}'),
        "a limit that is too low": event("GET", "/items", query={"limit": "0"}),
        "an id that is not a UUID": event("GET", "/items/{id}", path={"id": "seven"}),
        "an item that the contract does not allow": event(
            "GET", "/items/{id}", path={"id": stub.WRONG_ID}
        ),
    }


def check_refused(what: str, answer: Mapping[str, Any]) -> None:
    """Raises WrongAnswer if the candidate does not validate."""
    _require(answer["statusCode"] >= 400, what, answer)


def headers_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """By lower-case name, from `headers` and `multiValueHeaders`."""
    found = dict(answer.get("headers") or {})
    found |= {name: values[0] for name, values in (answer.get("multiValueHeaders") or {}).items()}
    return {name.lower(): value for name, value in found.items()}


def _require(holds: bool, case: str, answer: Mapping[str, Any]) -> None:
    if not holds:
        raise WrongAnswer(f"{case}: {answer!r:.2000}")
