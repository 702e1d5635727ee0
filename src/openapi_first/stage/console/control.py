"""What the stage tells about itself, beside the API: everything below `/_stage/`.

No part of API Gateway. It answers only requests that name the machine itself, so that no web page
can read it through a name of its own that resolves to loopback.
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
    """Hands requests below `/_stage/` to its routes, everything else to the stage."""

    def __init__(self, routes: Mapping[str, ASGIApp], otherwise: ASGIApp) -> None:
        self._routes = routes
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        path: str = scope.get("path", "")
        if scope["type"] != "http" or not f"{path}/".startswith(PREFIX):
            await self._otherwise(scope, receive, send)
            return
        if path == PREFIX.rstrip("/"):
            await RedirectResponse(PREFIX)(scope, receive, send)
            return
        request = Request(scope)
        if not local_host(request.headers.get("host", "")):
            response = _error(403, "Only a request to localhost or an IP address is answered here.")
        elif request.method not in ("GET", "HEAD"):
            response = _error(405, "GET only.")
        else:
            found = self._found(path.removeprefix(PREFIX))
            if found is not None:
                await found(scope, receive, send)
                return
            known = ", ".join(PREFIX + name for name in self._routes)
            response = _error(404, f"There is no {path}; there are {known}.")
        await response(scope, receive, send)

    def _found(self, below: str) -> ASGIApp | None:
        """The route of a path: its own, or one that ends in a slash and so has all below it."""
        if below in self._routes:
            return self._routes[below]
        folder = next(
            (name for name in self._routes if name.endswith("/") and below.startswith(name)), None
        )
        return None if folder is None else self._routes[folder]


def local_host(host: str) -> bool:
    """Whether a `Host` header names this machine by `localhost` or a number, not by DNS."""
    name = host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def answer_json(value: Any, status: int = 200) -> Response:
    """Plain data as a response that nothing keeps."""
    body = json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    return Response(body, status, {"Cache-Control": "no-store"}, "application/json")


def _error(status: int, text: str) -> Response:
    return answer_json({"message": text}, status)
