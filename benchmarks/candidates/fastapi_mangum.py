"""FastAPI behind Mangum: pydantic validates requests and responses.

Its functions are `async`, since FastAPI runs others in a thread, which costs more.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Header, HTTPException, Query, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from mangum import Mangum

from benchmarks.candidates import service
from benchmarks.candidates.models import (
    Cursor,
    EntityTags,
    IdempotencyKey,
    Item,
    ItemInput,
    ItemPage,
)

app = FastAPI(openapi_url=None)
app.add_middleware(
    CORSMiddleware, allow_origins=["*"], expose_headers=["ETag", "Location", "Retry-After"]
)


@app.get("/items/{id}", response_model=Item, response_model_exclude_none=True)
async def get_item(
    id: UUID, response: Response, if_none_match: Annotated[EntityTags | None, Header()] = None
) -> Any:
    item = service.get(str(id))
    if item is None:
        raise HTTPException(404, f"There is no item {id}.")
    response.headers["ETag"] = service.entity_tag(item)
    if service.is_unchanged(if_none_match, item):
        return Response(status_code=304, headers=dict(response.headers))
    return service.shown(item)


@app.post("/items", status_code=201, response_model=Item, response_model_exclude_none=True)
async def create_item(
    body: ItemInput,
    request: Request,
    response: Response,
    idempotency_key: Annotated[IdempotencyKey | None, Header()] = None,
) -> Any:
    context = request.scope["aws.event"]["requestContext"]
    key_id = context["identity"].get("apiKeyId")
    try:
        item = service.create(body.name, body.description, key_id, idempotency_key)
    except service.Conflict:
        raise HTTPException(409) from None
    response.headers["ETag"] = service.entity_tag(item)
    response.headers["Location"] = service.location(context["path"], item)
    return service.shown(item)


@app.get("/items", response_model=ItemPage, response_model_exclude_none=True)
async def list_items(
    limit: Annotated[int, Query(ge=1, le=100)] = 20, cursor: Cursor | None = None
) -> Any:
    try:
        return service.page(limit, cursor)
    except ValueError:
        raise HTTPException(400, "cursor is wrong") from None


handler = Mangum(app, lifespan="off")
