"""The console at `/_stage/`: documentation with try-it-out, live requests, coverage, usage plans.

The page is three static files of this package; the documentation viewer is Swagger UI, from the
package flask-swagger-ui. Nothing is fetched from another server.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from openapi_first.stage.console.control import json_response
from openapi_first.stage.console.recorder import Recorder

_FILES = Path(__file__).with_name("console_files")
_VIEWER_FILES = ("swagger-ui-bundle.js", "swagger-ui.css")
_SILENCE_SECONDS = 15.0
_HEADERS = {
    "Cache-Control": "no-store",
    # Swagger UI has icons as data: URLs, and inline styles.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

_Endpoint = Callable[[Request], Awaitable[Response]]


def console_routes(
    *,
    recorder: Recorder,
    about: Callable[[], Mapping[str, Any]],
    document: Callable[[], Mapping[str, Any]],
    coverage: Callable[[], Mapping[str, Any]],
    usage: Callable[[], Mapping[str, Any]],
) -> list[Route]:
    """The routes below `/_stage/`."""

    async def events(_: Request) -> Response:
        return StreamingResponse(_events(recorder), 200, _HEADERS, "text/event-stream")

    async def exchange(request: Request) -> Response:
        found = recorder.exchange(request.path_params["id"])
        if found is None:
            return json_response({"message": "This request is no longer kept."}, 404)
        return json_response(found)

    return [
        Route("/", _file(_FILES / "index.html")),
        Route("/console.js", _file(_FILES / "console.js")),
        Route("/console.css", _file(_FILES / "console.css")),
        Route("/about", _json(about)),
        Route("/document", _json(document)),
        Route("/coverage", _json_of_thread(coverage)),
        Route("/events", events),
        Route("/requests/{id}", exchange),
        Route("/viewer/{name}", _viewer),
        Route("/usage", _json(usage)),
    ]


def read_documentation(path: Path | None, default: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document to show: a file, or `default` without one or if it cannot be read."""
    if path is None:
        return default
    import yaml

    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return default  # the file may be being written
    return document if isinstance(document, dict) else default


def _json(value: Callable[[], Any]) -> _Endpoint:
    async def endpoint(_: Request) -> Response:
        return json_response(value())

    return endpoint


def _json_of_thread(value: Callable[[], Any]) -> _Endpoint:
    """For a value that takes time."""

    async def endpoint(_: Request) -> Response:
        return json_response(await asyncio.to_thread(value))

    return endpoint


def _file(path: Path) -> _Endpoint:
    async def endpoint(_: Request) -> Response:
        return FileResponse(path, headers=_HEADERS)

    return endpoint


async def _viewer(request: Request) -> Response:
    """A file of Swagger UI; a 404 if the package is not installed, which the page explains."""
    name = request.path_params["name"]
    # Not imported: its code needs Flask, and only its files are used.
    package = importlib.util.find_spec("flask_swagger_ui")
    if package is None or not package.submodule_search_locations or name not in _VIEWER_FILES:
        return json_response({"message": "flask-swagger-ui is not installed."}, 404)
    return FileResponse(
        Path(package.submodule_search_locations[0]) / "dist" / name, headers=_HEADERS
    )


async def _events(recorder: Recorder) -> AsyncIterator[bytes]:
    """Server-sent events, one per request; a comment now and then detects closed connections."""
    rows = recorder.follow()
    pending: asyncio.Future[dict[str, Any]] | None = None
    try:
        yield b": the requests of this stage\n\n"
        while True:
            pending = pending or asyncio.ensure_future(anext(rows))
            done, _ = await asyncio.wait({pending}, timeout=_SILENCE_SECONDS)
            if not done:
                yield b": keep-alive\n\n"
                continue
            row, pending = pending.result(), None
            yield f"data: {json.dumps(row)}\n\n".encode()
    finally:
        if pending is not None:
            pending.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
                await pending
        await rows.aclose()  # type: ignore[attr-defined]
