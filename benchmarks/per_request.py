"""Microseconds for one warm request, by one of three frameworks."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path


def main(framework: str) -> None:
    """Prints the median of several rounds, for `ours`, `openapi-core` or `powertools`."""
    frameworks = {"ours": _ours, "openapi-core": _openapi_core, "powertools": _powertools}
    call, count = frameworks[framework]()
    call()
    rounds = []
    for _ in range(7):
        started = time.perf_counter()
        for _ in range(count):
            call()
        rounds.append((time.perf_counter() - started) / count * 1e6)
    print(sorted(rounds)[3])


def _ours() -> tuple[Callable[[], object], int]:
    from serving_any import event, handler

    response = handler(event, None)
    assert response["statusCode"] == 201, response
    return lambda: handler(event, None), 1000


def _openapi_core() -> tuple[Callable[[], object], int]:
    from openapi_core import Config, OpenAPI
    from openapi_core.testing import MockRequest, MockResponse
    from serving_any import BODY, STORED, event

    source = next(
        Path(place, "openapi.json") for place in sys.path if (Path(place) / "openapi.json").exists()
    )
    openapi = OpenAPI.from_dict(
        json.loads(source.read_text()), config=Config(spec_validator_cls=None)
    )
    body, stored, path = json.dumps(BODY).encode(), json.dumps(STORED).encode(), event["resource"]

    def call() -> None:
        request = MockRequest("http://localhost", "post", path, data=body)
        openapi.validate_request(request)
        openapi.validate_response(request, MockResponse(stored, 201))

    return call, 50


def _powertools() -> tuple[Callable[[], object], int]:
    """Only routing and serializing: nothing is validated."""
    from aws_lambda_powertools.event_handler import APIGatewayRestResolver
    from serving_any import STORED, event

    import compiled

    resolver = APIGatewayRestResolver()
    for method, path in compiled.ROUTES:
        resolver.route(path.replace("{", "<").replace("}", ">"), method)(lambda **_: (STORED, 201))
    assert os.environ["POWERTOOLS_LOG_LEVEL"]
    assert resolver.resolve(event, None)["statusCode"] == 201
    return lambda: resolver.resolve(event, None), 1000
