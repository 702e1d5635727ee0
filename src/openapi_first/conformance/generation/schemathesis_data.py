"""Requests from Schemathesis: data that matches the schemas, data that does not, and sequences that
follow links. Only this module depends on Schemathesis; its requests are judged like all others.
"""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import HypothesisException, NonInteractiveExampleWarning
from schemathesis.core.transport import Response as TransportResponse

from openapi_first.conformance.generation.task import Batch, Generated, Send, Task
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.core.media_types import BINARY

_HOST = "http://stage"
_MARK = "0subject0"


class SchemathesisGenerator:
    """Generates what a task wants. Raises SchemathesisError for a contract that it cannot read."""

    def __init__(self, task: Task) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._schema = (
                schemathesis.openapi.from_path(task.path)
                if task.document is None
                else schemathesis.openapi.from_dict(task.document)
            )
        self._schema.config.update(base_url=_HOST)
        if task.byte_media_types:
            schemathesis.serializer.alias([*task.byte_media_types], BINARY)
        self._task = task
        self._operations = {
            (found.ok().method.upper(), found.ok().path): found.ok()
            for found in self._schema.get_all_operations()
            if hasattr(found, "ok") and not _failed(found)
        }

    def batches(self, deadline: float) -> Iterator[tuple[Batch, Generated]]:
        for batch in self._task.batches:
            if time.monotonic() > deadline:
                return
            yield batch, self.generated(batch)

    def generated(self, batch: Batch) -> Generated:
        """The requests of a batch; fewer if the schemas do not allow more or generation fails,
        which is a reason if there is not one that is valid."""
        if not batch.count:
            return Generated(())
        found = self._operations.get(batch.route)
        if found is None:
            reason = "Schemathesis cannot read the operation, so no data is generated for it"
            return Generated((), (reason,))
        mode = (
            schemathesis.GenerationMode.POSITIVE
            if batch.valid
            else schemathesis.GenerationMode.NEGATIVE
        )
        fixed = {name: _MARK + name for name in batch.open_variables}
        collected: dict[Request, None] = {}
        reasons: tuple[str, ...] = ()

        def take(case: schemathesis.Case[Any]) -> None:
            request = _request(case, fixed)
            if request is not None:
                collected[request] = None

        try:
            strategy = found.as_strategy(mode, path_parameters=fixed or None)
            self._collect(strategy, batch.count, take)
        except (HypothesisException, schemathesis.errors.SchemathesisError) as error:
            if batch.valid and not collected:
                reasons = (f"Schemathesis generates no data: {error or type(error).__name__}",)
        except Exception as error:
            from openapi_first.conformance.judging.unjudged import reason_of

            reasons = (reason_of(error),)
        return Generated(tuple(collected), reasons)

    def _collect(self, strategy: Any, count: int, take: Callable[[Any], None]) -> None:
        @seeded(self._task.seed)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def collect(case: Any) -> None:
            take(case)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NonInteractiveExampleWarning)
            collect()

    def run_sequences(self, send: Send, deadline: float) -> None:
        """Runs sequences along links, and along those that Schemathesis infers from names."""
        if not self._task.sequences or time.monotonic() > deadline:
            return
        raised: list[BaseException] = []

        class Machine(self._schema.as_state_machine()):  # type: ignore[misc]
            def call(self, case: schemathesis.Case[Any], **_: Any) -> TransportResponse:
                request = _request(case, {})
                response = None
                if request is not None and not raised:
                    try:
                        response = send((request.method, case.operation.path), request)
                    except BaseException as error:
                        # Hypothesis would repeat the sequence to shrink it.
                        raised.append(error)
                return _transport_response(case, response or Response(404, (), b""))

            def validate_response(self, *_: Any, **__: Any) -> None:
                """The conversation judges responses."""

        from hypothesis.stateful import run_state_machine_as_test

        chosen = settings(
            max_examples=self._task.sequences,
            stateful_step_count=self._task.steps,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Machine.TestCase.settings = chosen
            seeded(self._task.seed)(Machine)
            # Without links there are no sequences.
            with contextlib.suppress(schemathesis.errors.SchemathesisError, HypothesisException):
                run_state_machine_as_test(Machine, settings=chosen)
        if raised:
            raise raised[0]


def _request(case: schemathesis.Case[Any], fixed: dict[str, str]) -> Request | None:
    """The request of a case, None if HTTP cannot carry it."""
    try:
        arguments = case.as_transport_kwargs(base_url=_HOST)
        prepared = requests.Request(
            **{
                name: value
                for name, value in arguments.items()
                if name
                in ("method", "url", "headers", "params", "data", "json", "files", "cookies")
            }
        ).prepare()
    except (ValueError, TypeError, UnicodeError, requests.RequestException):
        return None
    headers = tuple(
        (name, value.decode("latin-1") if isinstance(value, bytes) else str(value))
        for name, value in prepared.headers.items()
        if not name.lower().startswith("x-schemathesis")
    )
    target = (prepared.url or "").removeprefix(_HOST)
    for name, mark in fixed.items():
        target = target.replace(mark, f"{{{name}}}")
    body = prepared.body
    content = body.encode("utf-8") if isinstance(body, str) else body
    return Request(case.operation.method.upper(), target, headers, content)


def _failed(found: Any) -> bool:
    return type(found).__name__ == "Err"


def _transport_response(case: schemathesis.Case[Any], response: Response) -> TransportResponse:
    request = requests.Request(case.method, _HOST).prepare()
    headers: dict[str, list[str]] = {}
    for name, value in response.headers:
        headers.setdefault(name.lower(), []).append(value)
    return TransportResponse(
        response.status, headers, response.body, request, 0.0, True, http_version="1.1"
    )
