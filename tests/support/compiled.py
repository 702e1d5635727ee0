"""Contracts compiled and served in a test, with functions that tell what they were given."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from openapi_first.compiler.compile import write_compiled
from openapi_first.openapi.loader import load
from openapi_first.runtime import lambda_handler
from support.documents import written

Handler = Callable[..., dict[str, Any]]


class Operations(ModuleType):
    """A module of operations, made in a test."""


def contract_of(
    *,
    path: str = "/things",
    method: str = "get",
    openapi: str = "3.0.3",
    schemas: dict[str, Any] | None = None,
    responses: dict[str, Any] | None = None,
    **operation: Any,
) -> dict[str, Any]:
    """A contract of one operation, `call`."""
    answers = responses or {"200": {"description": "", "content": {"application/json": {}}}}
    return {
        "openapi": openapi,
        "info": {"title": "t", "version": "1"},
        "paths": {path: {method: {"operationId": "call", "responses": answers, **operation}}},
        "components": {"schemas": schemas or {}},
    }


def compiled_module(folder: Path, document: dict[str, Any] | str) -> ModuleType:
    folder.mkdir(parents=True, exist_ok=True)
    source = written(folder, document)
    output = folder / "build" / "compiled.py"
    write_compiled(load(source), output)
    # Not imported: two modules of one second and size would share their bytecode.
    module = ModuleType("compiled_in_test")
    module.__file__ = str(output)
    exec(compile(output.read_bytes(), output, "exec"), module.__dict__)
    return module


def serve(
    folder: Path,
    document: dict[str, Any] | str,
    function: Callable[..., Any] | None = None,
    **options: Any,
) -> tuple[Handler, list[dict[str, Any]]]:
    """The handler of a contract whose one operation is `call`, and the arguments it has seen.
    `options` are those of `lambda_handler`."""
    seen: list[dict[str, Any]] = []

    def call(**arguments: Any) -> Any:
        seen.append(arguments)
        return function(**arguments) if function else {}

    operations = Operations("operations")
    operations.call = call  # type: ignore[attr-defined]
    return lambda_handler(compiled_module(folder, document), operations, **options), seen


def event(
    *,
    method: str = "GET",
    resource: str = "/things",
    path: dict[str, str] | None = None,
    query: dict[str, list[str]] | None = None,
    headers: dict[str, str | list[str]] | None = None,
    body: Any = None,
    encoded: bool = False,
) -> dict[str, Any]:
    """A proxy event, with the parts the engine reads."""
    lines = {
        name: [value] if isinstance(value, str) else value
        for name, value in (headers or {}).items()
    }
    text = body if body is None or isinstance(body, str) else json.dumps(body)
    return {
        "resource": resource,
        "path": resource,
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in lines.items()},
        "multiValueHeaders": lines,
        "queryStringParameters": {k: v[-1] for k, v in query.items()} if query else None,
        "multiValueQueryStringParameters": query,
        "pathParameters": path,
        "requestContext": {"requestId": "6f1fb7e7-02d7-4f8f-9d38-0f7ec1d1f6f2"},
        "body": text,
        "isBase64Encoded": encoded,
    }


JSON = "application/json"


class Mock:
    """The mock of a contract, and its answers."""

    def __init__(
        self,
        folder: Path,
        document: dict[str, Any] | str,
        *,
        remembers: bool = False,
        seed: int = 0,
    ) -> None:
        from openapi_first.mock.handler import mock_handler

        compiled = compiled_module(folder, document)
        contract = load(written(folder, document))
        self.handler: Handler = mock_handler(contract, compiled, remembers=remembers, seed=seed)

    def __call__(
        self,
        method: str,
        resource: str,
        path: dict[str, str] | None = None,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        body: Any = None,
        media_type: str = JSON,
    ) -> tuple[int, dict[str, str], Any]:
        """The status, the headers by their names in lower case, and the body: JSON, else bytes."""
        given: dict[str, str | list[str]] = {**(headers or {})}
        if body is not None:
            given["content-type"] = media_type
        sent = event(
            method=method,
            resource=resource,
            path=path,
            query={name: [str(value)] for name, value in (query or {}).items()} or None,
            headers=given,
            body=body,
        )
        target = resource
        for name, value in (path or {}).items():
            target = target.replace(f"{{{name}}}", value)
        sent["path"], sent["requestContext"]["path"] = target, f"/prod{target}"
        answer = self.handler(sent, None)
        lines = {
            name.lower(): ", ".join(lines) for name, lines in answer["multiValueHeaders"].items()
        }
        text = answer["body"]
        if answer["isBase64Encoded"]:
            return answer["statusCode"], lines, base64.b64decode(text)
        is_json = "json" in lines.get("content-type", "")
        return answer["statusCode"], lines, json.loads(text) if is_json and text else text
