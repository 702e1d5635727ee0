"""Judges the answer of a version to an event: what would make its deployment a failure."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from openapi_first.core.media_types import is_json, media_type_of
from openapi_first.runtime.responses import ResponseContract
from openapi_first.runtime.validators import pointer
from openapi_first.runtime.wire.json_text import read_json
from openapi_first.runtime.wire.outgoing import NO_BODY, Outgoing
from openapi_first.runtime.wire.sendable import UnsendableError

_ABSENT = (404, 410)
_LONGEST = 500


def response_contract(compiled: ModuleType, method: str, path: str) -> ResponseContract:
    """The responses that the contract declares for an operation."""
    plan = compiled.OPERATIONS[compiled.ROUTES[method, path]]()
    return ResponseContract(plan, compiled.RESPONSE_SCHEMAS, compiled.DIALECT)


def complaint(payload: bytes, error: str | None, declared: ResponseContract) -> str | None:
    """Why the answer is a failure; None if it is not. `error` is Lambda's header
    X-Amz-Function-Error (AWS: API_Invoke). Nothing of a body is quoted.

    A 4xx is not a failure, since what an example names need not exist.
    """
    try:
        answer = json.loads(payload)
    except ValueError:
        answer = None
    if error is not None:
        return _of_function(answer, error)
    if not isinstance(answer, Mapping) or type(answer.get("statusCode")) is not int:
        return "the answer is not a response of a proxy integration"
    status: int = answer["statusCode"]
    if status >= 500:
        return f"the status is {status}"
    if status in _ABSENT and declared.declared(status) is None:
        return None
    try:
        found = declared.violations(_outgoing(answer, status, declared))
    except (UnsendableError, ValueError, RecursionError) as reason:
        return f"the response cannot be read: {reason}"
    broken = [
        f"{pointer(each.path)} {each.detail}"[:_LONGEST] for each in found if each.undecided is None
    ]
    return f"the response violates the contract: {'; '.join(broken)}" if broken else None


def _of_function(answer: Any, error: str) -> str:
    """What Lambda reports for a function that failed (AWS: python-exceptions)."""
    kind, message = error, ""
    if isinstance(answer, Mapping):
        kind = str(answer.get("errorType") or error)
        message = str(answer.get("errorMessage") or "")[:_LONGEST]
    return f"the function failed: {kind}{': ' if message else ''}{message}"


def _outgoing(answer: Mapping[str, Any], status: int, declared: ResponseContract) -> Outgoing:
    headers = {**(answer.get("headers") or {}), **(answer.get("multiValueHeaders") or {})}
    lines, media_type, codings = declared.lines(headers, status)
    value: Any = answer.get("body")
    if value in (None, "") or status in NO_BODY:
        return Outgoing(None, status, lines, None)
    media_type = media_type or "application/json"
    if answer.get("isBase64Encoded"):
        value = base64.b64decode(value, validate=True)
    if is_json(media_type_of(media_type)) and not codings:
        value = read_json(value if isinstance(value, str) else value.decode())
    return Outgoing(value, status, lines, media_type, codings)
