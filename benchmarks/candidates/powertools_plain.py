"""Powertools' resolver without validation, as its documentation shows it."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, CORSConfig, Response
from aws_lambda_powertools.event_handler.exceptions import BadRequestError, NotFoundError

from benchmarks.candidates import service

app = APIGatewayRestResolver(
    cors=CORSConfig(expose_headers=["ETag", "Location", "Retry-After"]),
    serializer=lambda value: json.dumps(value, separators=(",", ":")),
)


@app.get("/items/<id>")
def get_item(id: str) -> Response[Any]:
    item = service.get(id)
    if item is None:
        raise NotFoundError(f"There is no item {id}.")
    tag = {"ETag": service.entity_tag(item)}
    if service.is_unchanged(app.current_event.headers.get("If-None-Match"), item):
        return Response(304, headers=tag)
    return Response(200, "application/json", service.shown(item), tag)


@app.post("/items")
def create_item() -> Response[Any]:
    event = app.current_event
    body = event.json_body
    if "name" not in body:
        raise BadRequestError("name is required")
    context = event.request_context
    try:
        item = service.create(
            body["name"],
            body.get("description"),
            context.identity.api_key_id,
            event.headers.get("Idempotency-Key"),
        )
    except service.Conflict:
        return Response(409, "application/problem+json", {"title": "Conflict"})
    headers = {
        "ETag": service.entity_tag(item),
        "Location": service.location(context.path, item),
    }
    return Response(201, "application/json", service.shown(item), headers)


@app.get("/items")
def list_items() -> dict[str, Any]:
    query = app.current_event.query_string_parameters or {}
    try:
        return service.page(int(query.get("limit", "20")), query.get("cursor"))
    except ValueError:
        raise BadRequestError("limit or cursor is wrong") from None


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
