"""The two whose verdicts are compared: the compiled contract, and openapi-core."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import logging
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from werkzeug.datastructures import ImmutableMultiDict

from differential.differences import as_it_reads, as_urlencoded, files_of, for_reference
from differential.exchanges import Case
from differential.verdict import Verdict
from differential.wire import Answer, Sent
from openapi_first.openapi.loader import load
from openapi_first.runtime import Problem, Reply
from openapi_first.runtime.wire.json_text import dump_json
from support.compiled import serve

_TEXT_FORMATS = ("date", "date-time", "uuid", "byte")


class _Violations(logging.Handler):
    """Keeps the violations that the runtime logs for an answer. The engine's own answer, which
    replaces it, may have some as well."""

    first: Any = None

    def emit(self, record: logging.LogRecord) -> None:
        self.first = self.first or getattr(record, "violations", None)


class Compiled:
    """The contract compiled, and served by the handler that Lambda runs."""

    def __init__(self, case: Case, folder: Path) -> None:
        self._answer = case.answers[0]
        self._problem = ""
        # The contract may declare error bodies that have no room for the reasons.
        reasons = {Problem: self._note}
        self._handler, self._seen = serve(
            folder, case.document, self._call, exception_handlers=reasons
        )
        (self._resource,) = case.document["paths"]
        (operation,) = load(folder / "openapi.yaml").operations
        self.names = {each.argument: each.name for each in operation.parameters}
        self._violations = _Violations()
        logger = logging.getLogger(case.document["info"]["title"])
        registered = logger.handlers[0]
        assert isinstance(registered, logging.StreamHandler)
        registered.setStream(io.StringIO())
        logger.handlers[1:] = [self._violations]

    def _call(self, **arguments: Any) -> Reply:
        return Reply(self._answer.value, self._answer.status, self._answer.headers)

    def _note(self, problem: Problem) -> Response[Any]:
        self._problem = dump_json(problem.as_dict(None))
        return Response(problem.status)

    def request(self, request: Sent) -> Verdict:
        """Whether the function is called for the request, and with which arguments."""
        before = len(self._seen)
        self._invoked(request)
        if len(self._seen) > before:
            given = self._seen[-1]
            return Verdict(True, given={self.names.get(each, each): given[each] for each in given})
        return Verdict(False, self._problem)

    def answer(self, answer: Answer, asked: Sent) -> Verdict:
        """Whether the answer is sent, to a request that reaches the function."""
        self._answer = answer
        self._violations.first = None
        self._invoked(asked)
        if self._violations.first is not None:
            return Verdict(False, json.dumps(self._violations.first))
        return Verdict(True)

    def _invoked(self, request: Sent) -> dict[str, Any]:
        with contextlib.redirect_stdout(io.StringIO()):  # metrics
            return self._handler(self._event(request), None)

    def _event(self, request: Sent) -> dict[str, Any]:
        headers = {name: [text] for name, text in request.headers.items()}
        if request.content_type is not None:
            headers["Content-Type"] = [request.content_type]
        if request.cookies:
            headers["Cookie"] = [
                "; ".join(f"{name}={text}" for name, text in request.cookies.items())
            ]
        query: dict[str, list[str]] = {}
        for name, text in request.query:
            query.setdefault(name, []).append(text)
        return {
            "resource": self._resource,
            "path": "/things",
            "httpMethod": "POST",
            "headers": {name: texts[-1] for name, texts in headers.items()},
            "multiValueHeaders": headers,
            "queryStringParameters": {n: t[-1] for n, t in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": request.path or None,
            "requestContext": {"requestId": "6f1fb7e7-02d7-4f8f-9d38-0f7ec1d1f6f2"},
            # As for a media type that is declared binary: the very bytes arrive.
            "body": None if request.body is None else base64.b64encode(request.body).decode(),
            "isBase64Encoded": request.body is not None,
        }


class Reference:
    """openapi-core, helped where it cannot read what the specification says."""

    def __init__(self, case: Case, *, helped: bool = True) -> None:
        """Not `helped`, it is given what a web framework would give it, and no more."""
        self._helped = helped
        config = Config(
            spec_validator_cls=None,  # type: ignore[arg-type]
            # Texts stay texts, as the compiled contract leaves them.
            extra_format_unmarshallers=dict.fromkeys(_TEXT_FORMATS, lambda text: text),
        )
        self._requests, self._responses = (
            OpenAPI.from_dict(
                for_reference(case, direction) if helped else case.document, config=config
            )
            for direction in ("request", "response")
        )
        (self._path,) = case.document["paths"]
        self._operation = case.operation

    def request(self, request: Sent) -> Verdict:
        """Whether it validates, and what it is understood to be."""
        verdict = self._judged(self._unmarshalled, request)
        files = files_of(request) if self._helped else {}
        if files and verdict.given is not None:
            body = {**(verdict.given["body"] or {}), **files}
            return Verdict(True, given={**verdict.given, "body": body})
        return verdict

    def _unmarshalled(self, mock: MockRequest) -> dict[str, Any] | None:
        self._requests.validate_request(mock)
        if self._helped and "prefixItems" in json.dumps(self._operation):
            return None
        result = self._requests.unmarshal_request(mock)
        result.raise_for_errors()
        parts = result.parameters
        given = {**parts.path, **parts.query, **parts.header, **parts.cookie}
        return {**given, "body": result.body}

    def answer(self, answer: Answer, asked: Sent) -> Verdict:
        """Whether it validates as an answer to that request."""
        data = json.dumps(answer.value).encode()
        response = MockResponse(data, answer.status, answer.headers, "application/json")
        return self._judged(lambda mock: self._responses.validate_response(mock, response), asked)

    def _judged(self, judge: Callable[[MockRequest], Any], request: Sent) -> Verdict:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return Verdict(True, given=judge(self._mock(request)))
        except OpenAPIError as error:
            return Verdict(False, _told(error))
        except Exception as error:  # it crashes on some inputs
            return Verdict(False, f"crash: {type(error).__name__}: {error}")

    def _mock(self, request: Sent) -> MockRequest:
        request = as_urlencoded(request) if self._helped else request
        path = self._path
        view: dict[str, str] = {}
        query = [
            pair
            for parameter in self._operation["parameters"]
            if parameter["in"] == "query"
            for pair in as_it_reads(parameter, request)
        ]
        query = query if self._helped else request.query
        for parameter in self._operation["parameters"]:
            if parameter["in"] != "path":
                continue
            text = unquote(request.path[parameter["name"]])
            # It looks for the variable as RFC 6570 spells it in these styles.
            signs = {"label": ".", "matrix": ";"} if self._helped else {}
            sign = signs.get(parameter["style"], "")
            star = "*" if sign and parameter["explode"] else ""
            view[f"{sign}{parameter['name']}{star}"] = text
            path = path.replace(f"{{{parameter['name']}}}", "x")
        return MockRequest(
            "http://localhost",
            "post",
            path,
            view_args=view,
            args=ImmutableMultiDict(query),  # type: ignore[arg-type]
            headers=request.headers,
            cookies=request.cookies,
            data=request.body,
            content_type=request.content_type or "application/json",
        )


def _told(error: BaseException | None) -> str:
    """The error and its causes, a line."""
    said = []
    while error is not None:
        try:
            said.append(f"{type(error).__name__}: {error}")
        except UnicodeDecodeError:  # it shows bodies as UTF-8
            said.append(type(error).__name__)
        error = error.__cause__
    return " < ".join(said)
