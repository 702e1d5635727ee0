"""The sample's function in this process, with its own client, behind a fault-injecting proxy."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from items import connection, operations
from items.reporting import LOGGER
from openapi_first.conformance.judging.openapi_core import ReferenceJudge
from openapi_first.conformance.lambda_events import response_of
from openapi_first.conformance.model.declarations import declared_response
from openapi_first.openapi.loader import load
from openapi_first.runtime import lambda_handler

ROOT = Path(__file__).parents[4]
_REQUEST_ID = "lambda-request"


@dataclass(frozen=True)
class Served:
    """What one call of the function answered, logged and took; `error` is what left the handler."""

    status: int
    headers: Mapping[str, str]
    text: str
    lines: tuple[dict[str, Any], ...]
    output: str
    seconds: float
    invalid: tuple[str, ...] = ()
    error: str | None = None

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class _Context:
    aws_request_id = _REQUEST_ID

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int((self._end - time.monotonic()) * 1000)


class Function:
    """`compiled` is the module of openapi.yaml. Answers are judged by openapi-core, too."""

    def __init__(self, compiled: ModuleType) -> None:
        contract = load(ROOT / "openapi.yaml")
        self._judge = ReferenceJudge(contract)
        self._operations = {(each.path, each.method.upper()): each for each in contract.operations}
        self._handler = lambda_handler(compiled, operations, logger=LOGGER)

    @contextlib.contextmanager
    def connected(self, endpoint_url: str, table_name: str) -> Iterator[None]:
        """With a new client of this endpoint, as in a new process."""
        environment = {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_DYNAMODB": endpoint_url,
            "TABLE_NAME": table_name,
        }
        with mock.patch.dict(os.environ, environment):
            connection.store.cache_clear()
            try:
                yield
            finally:
                connection.store.cache_clear()

    def call(self, event: dict[str, Any], seconds: float) -> Served:
        """Serves the event as if Lambda ended the call after so many seconds."""
        log, output = io.StringIO(), io.StringIO()
        logger = logging.getLogger(LOGGER.name)
        stream = LOGGER.registered_handler.setStream(log)  # type: ignore[attr-defined]
        started = time.monotonic()
        answer: dict[str, Any] = {"statusCode": 0, "multiValueHeaders": {}, "body": ""}
        error = None
        try:
            with (
                contextlib.redirect_stdout(output),
                contextlib.redirect_stderr(output),
                mock.patch.object(logger, "propagate", new=False),
            ):
                answer = self._handler(event, _Context(seconds))
        except Exception as raised:
            error = f"{type(raised).__name__} left the handler"
        finally:
            taken = time.monotonic() - started
            LOGGER.registered_handler.setStream(stream)  # type: ignore[attr-defined]
        return Served(
            status=answer["statusCode"],
            headers={name: lines[0] for name, lines in answer["multiValueHeaders"].items()},
            text=answer["body"],
            lines=tuple(json.loads(line) for line in log.getvalue().splitlines()),
            output=output.getvalue(),
            seconds=taken,
            invalid=() if error else tuple(self._invalid(event, answer)),
            error=error,
        )

    def _invalid(self, event: dict[str, Any], answer: dict[str, Any]) -> Iterator[str]:
        """What the contract does not allow in an answer."""
        operation = self._operations[event["resource"], event["httpMethod"]]
        response = response_of(answer)
        declared = declared_response(operation, response.status)
        if declared is None:
            yield f"the status {response.status} is not declared"
            return
        if response.body or declared.content:
            if response.media_type not in {each.name for each in declared.content}:
                yield f"the media type {response.media_type!r} is not declared"
            else:
                yield from self._judge.schema_errors(operation, response).values()


@contextlib.contextmanager
def without_pauses() -> Iterator[None]:
    """botocore's retries do not wait, which saves half a second for each."""
    backoff = "botocore.retries.standard.ExponentialBackoff.delay_amount"
    with mock.patch(backoff, return_value=0):
        yield
