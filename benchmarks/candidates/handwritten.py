"""A hand-written handler: a chain of `if`, no framework, and no validation."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.candidates import service


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    resource, method = event["resource"], event["httpMethod"]
    headers = {name.lower(): value for name, value in (event["headers"] or {}).items()}
    if resource == "/items/{id}" and method == "GET":
        return _get(event["pathParameters"]["id"], headers)
    if resource == "/items" and method == "POST":
        return _create(event, headers)
    if resource == "/items" and method == "GET":
        return _list(event["queryStringParameters"] or {})
    return _answer(404, {"title": "Not Found"})


def _get(id: str, headers: dict[str, str]) -> dict[str, Any]:
    item = service.get(id)
    if item is None:
        return _answer(404, {"title": "Not Found", "detail": f"There is no item {id}."})
    tag = {"ETag": service.entity_tag(item)}
    if service.is_unchanged(headers.get("if-none-match"), item):
        return {"statusCode": 304, "headers": tag, "body": ""}
    return _answer(200, service.shown(item), tag)


def _create(event: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    try:
        body = json.loads(event["body"])
        name = body["name"]
    except (ValueError, TypeError, KeyError):
        return _answer(400, {"title": "Bad Request"})
    context = event["requestContext"]
    key_id = context["identity"].get("apiKeyId")
    try:
        item = service.create(name, body.get("description"), key_id, headers.get("idempotency-key"))
    except service.Conflict:
        return _answer(409, {"title": "Conflict"})
    sent = {
        "ETag": service.entity_tag(item),
        "Location": service.location(context["path"], item),
    }
    return _answer(201, service.shown(item), sent)


def _list(query: dict[str, str]) -> dict[str, Any]:
    try:
        page = service.page(int(query.get("limit", "20")), query.get("cursor"))
    except ValueError:
        return _answer(400, {"title": "Bad Request"})
    return _answer(200, page)


def _answer(
    status: int, body: dict[str, Any], headers: dict[str, str] | None = None
) -> dict[str, Any]:
    kind = "application/json" if status < 400 else "application/problem+json"
    return {
        "statusCode": status,
        "headers": {
            "Content-Type": kind,
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "ETag, Location, Retry-After",
            **(headers or {}),
        },
        "body": json.dumps(body, separators=(",", ":")),
    }
