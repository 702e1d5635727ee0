"""Small services in this process, spoken to over a socket, and their contracts.

A service keeps things in memory. Its shape says how they are identified, listed and changed; each
method can be replaced to make it wrong.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

_TYPES = {"string": str, "integer": int, "number": int | float}

Query = dict[str, str]
Reply = tuple[int, dict[str, str], Any]


@dataclass(frozen=True)
class Shape:
    """`variable` is the path's, `member` the thing's. `array` is the member of a page that holds
    the items, "" if the page is an array. `pager` is `cursor`, `link`, `header`, `offset`, `page`
    or "". `status` is what a creation answers. `limit` is the schema of the page size."""

    variable: str = "thingId"
    member: str = "id"
    location: bool = True
    link: bool = False
    created_body: bool = True
    status: int = 201
    array: str = ""
    pager: str = ""
    limit: dict[str, Any] = field(default_factory=lambda: {"minimum": 1, "maximum": 100})
    patch: str = ""
    thing: dict[str, Any] = field(default_factory=lambda: {"a": {"type": "string"}})
    parameters: tuple[dict[str, Any], ...] = ()
    item: dict[str, Any] | None = None

    @property
    def schema(self) -> dict[str, Any]:
        own = {self.member: {"type": "string"}, **self.thing}
        return {"type": "object", "required": [self.member], "properties": own}

    def contract(self) -> dict[str, Any]:
        shown = _json(self.schema)
        given = _json({"type": "object", "required": ["a"], "properties": self.thing})
        created: dict[str, Any] = {"description": ""}
        if self.created_body:
            created["content"] = shown
        if self.location:
            created["headers"] = {"Location": {"schema": {"type": "string"}}}
        if self.link:
            value = {self.variable: f"$response.body#/{self.member}"}
            created["links"] = {"it": {"operationId": "getThing", "parameters": value}}
        one: dict[str, Any] = {
            "parameters": [_parameter("path", self.variable, {"type": "string"})],
            "get": _operation("getThing", {"200": {"description": "", "content": shown}}),
            "delete": _operation("removeThing", {"204": {"description": ""}}),
        }
        body = {"required": True, "content": given}
        if self.patch:
            changes: dict[str, Any] = {"type": "object", "minProperties": 1}
            changes["properties"] = self.thing
            if "json-patch" in self.patch:
                changes = {"type": "array", "items": {"type": "object"}}
            one["patch"] = _operation("changeThing", {"200": {"description": "", "content": shown}})
            one["patch"]["requestBody"] = {
                "required": True,
                "content": {self.patch: {"schema": changes}},
            }
        many = {
            "get": self._listing(),
            "post": {
                **_operation("createThing", {str(self.status): created}),
                "requestBody": body,
            },
        }
        return {
            "openapi": "3.0.3",
            "info": {"title": "Things", "version": "1"},
            "paths": {"/things": many, f"/things/{{{self.variable}}}": one},
        }

    def _listing(self) -> dict[str, Any]:
        page: dict[str, Any] = {"type": "array", "items": self.item or self.schema}
        if self.array:
            page = {"type": "object", "properties": {self.array: page}}
            page["properties"]["warnings"] = {"type": "array", "items": {"type": "string"}}
            page["properties"]["next_cursor"] = {"type": "string"}
        found: dict[str, Any] = {"description": "", "content": _json(page)}
        parameters = list(self.parameters)
        if self.pager:
            parameters.append(_parameter("query", "limit", {"type": "integer", **self.limit}))
        if self.pager in ("cursor", "link", "header"):
            parameters.append(_parameter("query", "cursor", {"type": "string"}))
        if self.pager in ("offset", "page"):
            least = 0 if self.pager == "offset" else 1
            schema = {"type": "integer", "minimum": least}
            parameters.append(_parameter("query", self.pager, schema))
        if self.pager == "link":
            values = {"cursor": "$response.body#/next_cursor"}
            found["links"] = {"next": {"operationId": "listThings", "parameters": values}}
        if self.pager == "header":
            found["headers"] = {"Link": {"schema": {"type": "string"}}}
        return {**_operation("listThings", {"200": found}), "parameters": parameters}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _operation(name: str, responses: dict[str, Any]) -> dict[str, Any]:
    error = {"description": "", "content": _json({"type": "object"})}
    return {"operationId": name, "responses": {**responses, "default": error}}


def _parameter(location: str, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    found = {"name": name, "in": location, "schema": schema}
    return {**found, "required": True} if location == "path" else found


class Things:
    """A right service of the shape."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.things: dict[str, dict[str, Any]] = {}
        self.removed: list[str] = []
        self.count = 0
        self.received: dict[str, str] = {}
        """The headers of the request that is being answered."""
        self.lock = threading.Lock()

    def answer(self, method: str, target: str, body: bytes) -> Reply:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        steps = parts.path.strip("/").split("/")
        value = json.loads(body) if body else None
        with self.lock:
            if steps == ["things"] and method == "GET":
                return self.list(query)
            if steps == ["things"] and method == "POST":
                return self.create(value)
            if len(steps) == 2 and steps[0] == "things":
                return self.one(method, unquote(steps[1]), value)
        return 404, {}, {"message": "no route"}

    def create(self, value: Any) -> Reply:
        if not self.matches(value) or "a" not in value:
            return 400, {}, {"message": "bad body"}
        name = self.add(value)
        headers = {"Location": f"/things/{name}"} if self.shape.location else {}
        shown = self.things[name] if self.shape.created_body else None
        return self.shape.status, headers, shown

    def matches(self, value: Any) -> bool:
        """Whether the members of a body have the types of the contract."""
        return isinstance(value, dict) and all(
            isinstance(each, _TYPES[self.shape.thing[name]["type"]])
            or (each is None and "nullable" in self.shape.thing[name])
            for name, each in value.items()
            if name in self.shape.thing
        )

    def add(self, value: dict[str, Any]) -> str:
        self.count += 1
        name = f"t{self.count * 7919 % 100_003:05}"  # no order of creation in their names
        self.things[name] = {self.shape.member: name, **self.stored(value)}
        return name

    def stored(self, value: dict[str, Any]) -> dict[str, Any]:
        return value

    def one(self, method: str, name: str, value: Any) -> Reply:
        if name not in self.things:
            return 404, {}, {"message": "no such thing"}
        if method == "GET":
            return 200, {}, self.things[name]
        if method == "DELETE":
            self.removed.append(name)
            del self.things[name]
            return 204, {}, None
        if method == "PATCH":
            steps = isinstance(value, list) and "json-patch" in self.shape.patch
            if not steps and (not self.matches(value) or not value):
                return 400, {}, {"message": "bad body"}
            return self.change(name, value)
        return 404, {}, {"message": "no such method"}

    def change(self, name: str, value: Any) -> Reply:
        if isinstance(value, list):
            for step in value:
                if not isinstance(step, dict):
                    return 400, {}, {"message": "bad body"}
                if step.get("op") != "replace" or step.get("path", "")[1:] not in self.shape.thing:
                    return 422, {}, {"message": "no such step"}
                self.things[name][step["path"][1:]] = step["value"]
        else:
            merged = {**self.things[name], **value}
            self.things[name] = {key: each for key, each in merged.items() if each is not None}
        return 200, {}, self.things[name]

    def order(self) -> list[str]:
        """The names in the order of the list."""
        return sorted(self.things)

    def list(self, query: Query) -> Reply:
        limit = int(query.get("limit", self.shape.limit.get("default", 20)))
        if "limit" in query and not 1 <= limit <= self.shape.limit.get("maximum", 100):
            return 400, {}, {"message": "bad limit"}
        names, following = self.page(self.order(), query, limit if self.shape.pager else None)
        items = [self.item(self.things[name]) for name in names]
        headers = {}
        if self.shape.pager == "header" and following:
            link = f"</things?limit={limit}&cursor={following}>; rel=next"
            headers["Link"] = f"</things>; rel=first, {link}"
        if not self.shape.array:
            return 200, headers, items
        page: dict[str, Any] = {self.shape.array: items}
        if following:
            page["next_cursor"] = following
        return 200, headers, page

    def item(self, thing: dict[str, Any]) -> Any:
        return thing

    def page(
        self, names: list[str], query: Query, limit: int | None
    ) -> tuple[list[str], str | None]:
        """The names on a page, and the cursor of the next one."""
        if limit is None:
            return names, None
        if self.shape.pager == "offset":
            start = int(query.get("offset", 0))
            return names[start : start + limit], None
        if self.shape.pager == "page":
            start = (int(query.get("page", 1)) - 1) * limit
            return names[start : start + limit], None
        rest = [name for name in names if name > query.get("cursor", "")]
        return rest[:limit], rest[limit - 1] if len(rest) > limit else None


@contextlib.contextmanager
def answering(service: Any) -> Iterator[str]:
    """The base URL of an HTTP server whose requests go to `service.answer`; `service.received` gets
    their headers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.service = service  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        service: Any = self.server.service  # type: ignore[attr-defined]
        service.received = dict(self.headers.items())
        try:
            status, headers, value = service.answer(self.command, self.path, body)
        except ValueError:  # not JSON, or no number
            status, headers, value = 400, {}, {"message": "bad request"}
        content = b"" if value is None else json.dumps(value).encode()
        self.send_response_only(status)
        for name, text in headers.items():
            self.send_header(name, text)
        if content:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Says nothing."""
