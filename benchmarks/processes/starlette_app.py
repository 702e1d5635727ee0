"""The service's handler behind plain Starlette: the smallest server for a handler."""

from __future__ import annotations

import os
import sys
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from items.handler import handler

_METHODS = ["GET", "POST", "PUT", "DELETE"]


async def _invoke(request: Request) -> Response:
    headers = request.headers
    event: dict[str, Any] = {
        "resource": request.scope["route"].path,
        "path": request.url.path,
        "httpMethod": request.method,
        "headers": dict(headers),
        "multiValueHeaders": {name: headers.getlist(name) for name in headers},
        "queryStringParameters": dict(request.query_params) or None,
        "multiValueQueryStringParameters": {
            name: request.query_params.getlist(name) for name in request.query_params
        }
        or None,
        "pathParameters": request.path_params or None,
        "requestContext": {"requestId": "6f0a3c1e-4a53-4f2b-9d5e-0c1d2e3f4a5b", "identity": {}},
        "body": (await request.body()).decode() or None,
        "isBase64Encoded": False,
    }
    response = handler(event, None)
    return Response(
        response["body"],
        response["statusCode"],
        {name: value for name, (value,) in response["multiValueHeaders"].items()},
    )


app = Starlette(
    routes=[
        Route("/items", _invoke, methods=_METHODS),
        Route("/items/{id}", _invoke, methods=_METHODS),
    ]
)

if __name__ == "__main__":
    assert os.environ["TABLE_NAME"]
    uvicorn.run(app, port=int(sys.argv[1]), log_level="critical", access_log=False)
