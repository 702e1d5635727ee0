"""The stage as an ASGI application."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from stage.answer import Answer
from stage.authorization import Authorization
from stage.context import RequestIds
from stage.control import PREFIX, Control, answer_json
from stage.document import RestApi
from stage.functions import Functions
from stage.gateway_responses import BODY_LIMIT, body_too_large, head_too_large
from stage.importer import read_document
from stage.invoker import Invoker
from stage.keys import ApiKey, KeyRing
from stage.metering import Meter
from stage.pipeline import Pipeline
from stage.plans import UsagePlan, plans_by_key
from stage.protocol import sent_headers
from stage.request import StageRequest
from stage.resource_policy import ResourcePolicy
from stage.routing import Router
from stage.settings import Settings
from stage.tokens import KeySet
from stage.usage_file import UsageFile

__all__ = ["AccessRecord", "Stage"]

_access_log = logging.getLogger("stage.access")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_STAGE_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_BODILESS = (204, 304)


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """One answered request. `answered_by` is a gateway response type, `mock` or `lambda`."""

    method: str
    path: str
    status: int
    answered_by: str
    milliseconds: float
    request_id: str


def _log_access(record: AccessRecord) -> None:
    _access_log.info(
        "%s %s %d %s %.1f ms",
        record.method,
        record.path,
        record.status,
        record.answered_by,
        record.milliseconds,
    )


class Stage:
    """A REST API stage. `app` is an ASGI application; a new document replaces the old at once."""

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        invoker: Invoker,
        functions: Mapping[str, Invoker] | None = None,
        name: str = "prod",
        stage_variables: Mapping[str, str] | None = None,
        api_keys: Sequence[ApiKey] = (),
        usage_plans: Sequence[UsagePlan] | None = None,
        usage_file: Path | None = None,
        key_set: KeySet | None = None,
        settings: Settings | None = None,
        on_access: Callable[[AccessRecord], None] = _log_access,
    ) -> None:
        if not _STAGE_NAME.fullmatch(name) or f"/{name}/" == PREFIX:
            raise ValueError(f"{name!r} is not a stage name")
        self.name = name
        self._functions = Functions(invoker, functions or {})
        self._stage_variables = dict(stage_variables or {})
        self._settings = settings or Settings()
        self._key_set = key_set
        # Without plans every key is in one without limits: metering is asked for.
        plans = None if usage_plans is None else plans_by_key(usage_plans, api_keys, name)
        self.keys = KeyRing(api_keys, plans)
        self.meter = Meter(plans or {}, self._settings)
        self._on_access = on_access
        self._usage_file = UsageFile(usage_file, self.meter) if usage_file else None
        self._pipeline = self._deployed(document)

    @property
    def app(self) -> ASGIApp:
        """The ASGI application, reading raw paths: decoding them would lose what AWS keeps."""
        return Control({"usage": self._usage}, self._serve)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What AWS would do with the present document and this stage does not."""
        return self._pipeline.api.warnings

    def replace_document(self, document: Mapping[str, Any]) -> None:
        """Deploy another document. `StageDocumentError` leaves the present one in place.

        Requests under way finish with the document they started with.
        """
        self._pipeline = self._deployed(document)

    def close(self) -> None:
        """Write down what is to survive. The stage can still be used."""
        if self._usage_file is not None:
            self._usage_file.save()

    def _deployed(self, document: Mapping[str, Any]) -> Pipeline:
        api: RestApi = read_document(document)
        account = self._settings.account_id
        return Pipeline(
            api=api,
            router=Router(api.methods, case_sensitive=self._settings.paths_case_sensitive),
            name=self.name,
            stage_variables=self._stage_variables,
            keys=self.keys,
            meter=self.meter,
            functions=self._functions,
            # What authorizers said of another document holds no longer.
            policy=None if api.policy is None else ResourcePolicy(api.policy, account),
            authorization=Authorization(self._functions, self._key_set, self._settings),
            settings=self._settings,
        )

    async def _usage(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The plans' limits and what each key has used; ids of keys, never their values."""
        report = {"stage": self.name, "plans": self.meter.report(self.keys.by_id)}
        await answer_json(report)(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"a REST API stage does not speak {scope['type']}")
        started = time.perf_counter()
        pipeline = self._pipeline
        try:
            body = await _body(Request(scope, receive))
        except ClientDisconnect:
            return
        request = _request(scope, body or b"")
        ids = RequestIds.of(request)
        if body is None:
            answer = body_too_large()
        else:
            oversized = head_too_large(request) if self._settings.request_size_limits else None
            answer = oversized or await pipeline.answer(request, ids)
        # Told before it is sent: who has the answer finds it in the log.
        elapsed = (time.perf_counter() - started) * 1000
        self._on_access(
            AccessRecord(
                scope["method"],
                request.path,
                answer.status,
                answer.answered_by,
                elapsed,
                ids.request_id,
            )
        )
        await _response(answer, ids, request)(scope, receive, send)


async def _body(request: Request) -> bytes | None:
    """The whole body; None as soon as it is known to be too large."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > BODY_LIMIT:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return bytes(body)


def _request(scope: Scope, body: bytes) -> StageRequest:
    client, server = scope.get("client"), scope.get("server")
    target: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
    path = target.decode("latin-1")
    if not path.startswith("/"):  # an absolute-form target, as a proxy would send it
        path = re.sub(r"^[A-Za-z]+://[^/]*", "", path) or "/"
    return StageRequest(
        method=scope["method"],
        path=path,
        query=scope["query_string"].decode("latin-1"),
        headers=tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in sent_headers(scope)
        ),
        body=body,
        source_ip=client[0] if client else "127.0.0.1",
        scheme=scope.get("scheme", "http"),
        port=server[1] if server and server[1] else 80,
        protocol=f"HTTP/{scope['http_version']}",
    )


def _response(answer: Answer, ids: RequestIds, request: StageRequest) -> Response:
    """The answer with the headers every answer carries, names in the case AWS sends them."""
    body = b"" if answer.status in _BODILESS else answer.body
    headers = [*answer.headers]
    declared = [value for name, value in headers if name.lower() == "content-length"]
    headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
    if answer.status not in _BODILESS:
        # A function may state the length of a body that HEAD leaves out, and nothing else.
        stated = declared and declared[0].isdigit() and request.method == "HEAD" and not body
        headers.append(("Content-Length", declared[0] if stated else str(len(body))))
    headers += [
        ("Connection", "keep-alive"),
        ("Date", formatdate(usegmt=True)),
        ("x-amzn-RequestId", ids.request_id),
        ("x-amz-apigw-id", ids.extended_id),
    ]
    if answer.traced:
        headers.append(("X-Amzn-Trace-Id", ids.trace_id))
    response = Response(body, answer.status)
    # Starlette would write names in lower case.
    response.raw_headers = [(name.encode("ascii"), _encoded(value)) for name, value in headers]
    return response


def _encoded(value: str) -> bytes:
    clean = _CONTROL.sub(" ", value).strip()  # a mapped query parameter may hold a line break
    try:
        return clean.encode("latin-1")
    except UnicodeEncodeError:
        return clean.encode("utf-8", "replace")
