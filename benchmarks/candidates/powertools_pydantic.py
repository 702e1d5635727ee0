"""Powertools' resolver with `enable_validation`: pydantic validates requests and responses."""

import json
from typing import Annotated, Any
from uuid import UUID

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, CORSConfig, Response
from aws_lambda_powertools.event_handler.exceptions import BadRequestError, NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query

from benchmarks.candidates import service
from benchmarks.candidates.models import (
    Cursor,
    EntityTags,
    IdempotencyKey,
    Item,
    ItemInput,
    ItemPage,
)

app = APIGatewayRestResolver(
    enable_validation=True,
    cors=CORSConfig(expose_headers=["ETag", "Location", "Retry-After"]),
    serializer=lambda value: json.dumps(value, separators=(",", ":")),
)


@app.get("/items/<id>")
def get_item(
    id: Annotated[UUID, Path()],
    if_none_match: Annotated[EntityTags | None, Header(alias="If-None-Match")] = None,
) -> Response[Item]:
    item = service.get(str(id))
    if item is None:
        raise NotFoundError(f"There is no item {id}.")
    tag: Any = {"ETag": service.entity_tag(item)}
    if service.is_unchanged(if_none_match, item):
        return Response(304, headers=tag)
    return Response(200, "application/json", service.shown(item), tag)  # type: ignore[arg-type]


@app.post("/items")
def create_item(
    body: ItemInput,
    idempotency_key: Annotated[IdempotencyKey | None, Header(alias="Idempotency-Key")] = None,
) -> Response[Item]:
    context = app.current_event.request_context
    key_id = context.identity.api_key_id
    try:
        item = service.create(body.name, body.description, key_id, idempotency_key)
    except service.Conflict:
        return Response(409, "application/problem+json", '{"title":"Conflict"}')  # type: ignore[arg-type]
    headers: Any = {
        "ETag": service.entity_tag(item),
        "Location": service.location(context.path, item),
    }
    return Response(201, "application/json", service.shown(item), headers)  # type: ignore[arg-type]


@app.get("/items")
def list_items(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[Cursor | None, Query()] = None,
) -> ItemPage:
    try:
        return service.page(limit, cursor)  # type: ignore[return-value] # validated by Powertools
    except ValueError:
        raise BadRequestError("cursor is wrong") from None


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
