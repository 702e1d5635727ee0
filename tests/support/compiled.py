"""Contracts compiled and served in a test, with functions that tell what they were given."""

from __future__ import annotations

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
