"""What the stage serves beside the API: everything below `/_stage/`.

It is not part of API Gateway. It only responds to requests whose `Host` is this machine, so that no
web page can read it through a domain that resolves to loopback.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/_stage/"
_FOLDER = PREFIX.rstrip("/")


def control(routes: Sequence[Route], api: ASGIApp) -> ASGIApp:
    """An ASGI application: requests below `/_stage/` go to the routes, all others to the API."""
    known = ", ".join(_FOLDER + route.path.partition("{")[0] for route in routes)

    async def unknown(scope: Scope, receive: Receive, send: Send) -> None:
        response = _error(404, f"There is no {scope['path']}; there are {known}.")
        await response(scope, receive, send)

    console = Router(routes, redirect_slashes=False, default=unknown)
    below = [
        Route(_FOLDER, RedirectResponse(PREFIX)),
        Mount(_FOLDER, _reads_from_this_machine(console)),
    ]
    router = Router(below, redirect_slashes=False, default=api)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # Routing by regular expressions is only for the paths that may be the console's.
        is_api = scope["type"] == "http" and _FOLDER not in scope["path"]
        await (api if is_api else router)(scope, receive, send)

    return app


def _reads_from_this_machine(console: ASGIApp) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request, responder = Request(scope), console
        if not local_host(request.headers.get("host", "")):
            responder = _error(403, "The host must be localhost or an IP address.")
        elif request.method not in ("GET", "HEAD"):
            responder = _error(405, "Only GET and HEAD are allowed.")
        await responder(scope, receive, send)

    return app


def local_host(host: str) -> bool:
    """Whether a `Host` header is `localhost` or an IP address, not a domain."""
    name = host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def json_response(value: Any, status: int = 200) -> Response:
    """Plain data as a response that is never cached."""
    body = json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    return Response(body, status, {"Cache-Control": "no-store"}, "application/json")


def _error(status: int, message: str) -> Response:
    return json_response({"message": message}, status)
