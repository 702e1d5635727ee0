"""Requests from Schemathesis: data that matches the schemas, data that does not, and sequences that
follow links. Only this module depends on Schemathesis; its requests are judged like all others.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import HypothesisException, NonInteractiveExampleWarning
from schemathesis.core.transport import Response as TransportResponse

from openapi_first.conformance.judging.unjudged import Unjudged
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Phase as RunPhase
from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.openapi.model import Contract, Operation

_HOST = "http://stage"
_STEP = RunPhase.GENERATED.value
_MARK = "0subject0"
_DROPPED = frozenset(
    {
        *("user-agent", "accept-encoding", "accept", "content-length", "host", "expect"),
        *("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding"),
        "upgrade",
    }
)
"""Headers about the connection (RFC 9110 §7.6.1) or about the client: no part of a contract."""


class Generator:
    """Generates requests for one contract; the same requests for the same seed."""

    def __init__(
        self, contract: Contract, credentials: Credentials, seed: int, unjudged: Unjudged
    ) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            root = contract.root
            self._schema = (
                schemathesis.openapi.from_dict(root.value)  # converted, with all references inside
                if root.source.origins
                else schemathesis.openapi.from_path(root.source.path)
            )
        self._schema.config.update(base_url=_HOST)
        self._credentials = credentials
        self._seed = seed
        self._unjudged = unjudged
        self._contract = contract
        self._operations = {
            (found.ok().method.upper(), found.ok().path): found.ok()
            for found in self._schema.get_all_operations()
            if hasattr(found, "ok") and not _failed(found)
        }

    def requests(
        self, operation: Operation, count: int, open_variables: frozenset[str], *, valid: bool
    ) -> list[Request]:
        """At most `count` different requests; fewer if the schemas do not allow more or generation
        fails, which is recorded if there is not one that is valid. Path variables in
        `open_variables` stay `{name}`."""
        if not count:
            return []
        found = self._operations.get((operation.method, operation.path))
        if found is None:
            reason = "Schemathesis cannot read the operation, so no data is generated for it"
            self._unjudged.record(operation.id, _STEP, reason)
            return []
        mode = (
            schemathesis.GenerationMode.POSITIVE if valid else schemathesis.GenerationMode.NEGATIVE
        )
        fixed = {name: _MARK + name for name in open_variables}
        collected: dict[Request, None] = {}

        def take(case: schemathesis.Case[Any]) -> None:
            request = self._request(operation, case, fixed)
            if request is not None:
                collected[request] = None

        with self._unjudged.step(operation.id, _STEP):
            try:
                strategy = found.as_strategy(mode, path_parameters=fixed or None)
                self._collect(strategy, count, take)
            except (HypothesisException, schemathesis.errors.SchemathesisError) as error:
                if valid and not collected:
                    reason = f"Schemathesis generates no data: {error or type(error).__name__}"
                    self._unjudged.record(operation.id, _STEP, reason)
        return list(collected)

    def _collect(self, strategy: Any, count: int, take: Callable[[Any], None]) -> None:
        @seeded(self._seed)
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

    def _request(
        self, operation: Operation, case: schemathesis.Case[Any], fixed: dict[str, str]
    ) -> Request | None:
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
        own = {name.lower() for name in self._credentials.headers(operation)}
        headers = []
        for name, value in prepared.headers.items():
            text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
            if name.lower() in _DROPPED | own or name.lower().startswith("x-schemathesis"):
                continue
            if not text.isascii() or not text.isprintable() or text != text.strip():
                return None
            headers.append((name, text))
        target = (prepared.url or "").removeprefix(_HOST)
        for name, mark in fixed.items():
            target = target.replace(mark, f"{{{name}}}")
        if not target.startswith("/") or len(target) > 4000:
            return None
        body = prepared.body
        content = body.encode("utf-8") if isinstance(body, str) else body
        request = Request(operation.method, target, tuple(headers), content)
        return self._credentials.add_to(request, operation)

    def sequences(
        self,
        send: Callable[[Operation, Request], Response | None],
        count: int,
        steps: int,
    ) -> None:
        """Runs sequences along links, and along those that Schemathesis infers from names. `send`
        returns None for a request that may not be sent; its exceptions are raised."""
        by_route = {(each.method, each.path): each for each in self._contract.operations}
        raised: list[BaseException] = []
        outer = self

        class Machine(self._schema.as_state_machine()):  # type: ignore[misc]
            def call(self, case: schemathesis.Case[Any], **_: Any) -> TransportResponse:
                route = (case.operation.method.upper(), case.operation.path)
                operation = by_route.get(route)  # None if it is not judged
                request = outer._request(operation, case, {}) if operation is not None else None
                response = None
                if operation is not None and request is not None and not raised:
                    try:
                        response = send(operation, request)
                    except BaseException as error:
                        # Hypothesis would repeat the sequence to shrink it.
                        raised.append(error)
                return _transport_response(case, response or Response(404, (), b""))

            def validate_response(self, *_: Any, **__: Any) -> None:
                """The conversation judges responses."""

        from hypothesis.stateful import run_state_machine_as_test

        chosen = settings(
            max_examples=count,
            stateful_step_count=steps,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Machine.TestCase.settings = chosen
            seeded(self._seed)(Machine)
            # Without links there are no sequences.
            with contextlib.suppress(schemathesis.errors.SchemathesisError, HypothesisException):
                run_state_machine_as_test(Machine, settings=chosen)
        if raised:
            raise raised[0]


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
