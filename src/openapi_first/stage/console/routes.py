"""The console at `/_stage/`: documentation with try-it-out, live requests, coverage, usage plans.

The page is three static files of this package; the documentation viewer is Swagger UI, from the
package flask-swagger-ui. Nothing is fetched from another server.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

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


def console_routes(
    *,
    recorder: Recorder,
    about: Callable[[], Mapping[str, Any]],
    document: Callable[[], Mapping[str, Any]],
    coverage: Callable[[], Mapping[str, Any]],
) -> dict[str, ASGIApp]:
    """The routes below `/_stage/`, by name."""

    async def events(scope: Scope, receive: Receive, send: Send) -> None:
        stream = StreamingResponse(_events(recorder), 200, _HEADERS, "text/event-stream")
        await stream(scope, receive, send)

    async def exchange(scope: Scope, receive: Receive, send: Send) -> None:
        found = recorder.exchange(Request(scope).url.path.rpartition("/")[2])
        missing = json_response({"message": "This request is no longer kept."}, 404)
        await (missing if found is None else json_response(found))(scope, receive, send)

    return {
        "": _file(_FILES / "index.html"),
        "console.js": _file(_FILES / "console.js"),
        "console.css": _file(_FILES / "console.css"),
        "about": _json(about),
        "document": _json(document),
        "coverage": _json(coverage),
        "events": events,
        "requests/": exchange,
        "viewer/": _viewer,
    }


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


def _json(value: Callable[[], Any]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await json_response(value())(scope, receive, send)

    return app


def _file(path: Path) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await FileResponse(path, headers=_HEADERS)(scope, receive, send)

    return app


async def _viewer(scope: Scope, receive: Receive, send: Send) -> None:
    """A file of Swagger UI; a 404 if the package is not installed, which the page explains."""
    name = Request(scope).url.path.rpartition("/")[2]
    # Not imported: its code needs Flask, and only its files are used.
    package = importlib.util.find_spec("flask_swagger_ui")
    response: Response = json_response({"message": "flask-swagger-ui is not installed."}, 404)
    if package is not None and package.submodule_search_locations and name in _VIEWER_FILES:
        folder = Path(package.submodule_search_locations[0]) / "dist"
        response = FileResponse(folder / name, headers=_HEADERS)
    await response(scope, receive, send)


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
