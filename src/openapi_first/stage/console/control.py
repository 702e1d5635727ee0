"""What the stage serves beside the API: everything below `/_stage/`.

It is not part of API Gateway. It only responds to requests whose `Host` is this machine, so that no
web page can read it through a domain that resolves to loopback.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/_stage/"


class Control:
    """An ASGI application: requests below `/_stage/` go to its routes, all others to the API.

    A route whose name ends in a slash gets everything below it.
    """

    def __init__(self, routes: Mapping[str, ASGIApp], api: ASGIApp) -> None:
        self._routes = routes
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if scope["type"] != "http" or not f"{path}/".startswith(PREFIX):
            await self._api(scope, receive, send)
            return
        if path == PREFIX.rstrip("/"):
            await RedirectResponse(PREFIX)(scope, receive, send)
            return
        request = Request(scope)
        if not local_host(request.headers.get("host", "")):
            response = _error(403, "The host must be localhost or an IP address.")
        elif request.method not in ("GET", "HEAD"):
            response = _error(405, "Only GET and HEAD are allowed.")
        else:
            route = self._route(path.removeprefix(PREFIX))
            if route is not None:
                await route(scope, receive, send)
                return
            known = ", ".join(PREFIX + name for name in self._routes)
            response = _error(404, f"There is no {path}; there are {known}.")
        await response(scope, receive, send)

    def _route(self, below: str) -> ASGIApp | None:
        if below in self._routes:
            return self._routes[below]
        folder = next(
            (name for name in self._routes if name.endswith("/") and below.startswith(name)), None
        )
        return None if folder is None else self._routes[folder]


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
