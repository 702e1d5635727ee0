"""openapi-core as the judge of responses: not the code that the stage itself may run on."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.validation.response.exceptions import HeaderValidationError

from openapi_first.conformance.judging.checks import declared_response
from openapi_first.conformance.model.messages import Response
from openapi_first.openapi.model import Contract, Header, Operation

_HOST = "http://stage"
_LONGEST = 400


@dataclass
class _Request:
    method: str
    path: str
    host_url: str = _HOST
    full_url_pattern: str = _HOST
    content_type: str = ""
    body: bytes | None = None
    parameters: RequestParameters = field(default_factory=RequestParameters)


@dataclass
class _Response:
    status_code: int
    content_type: str
    headers: dict[str, str]
    data: bytes


class ReferenceJudge:
    """Holds responses against one contract."""

    def __init__(self, contract: Contract) -> None:
        document = copy.deepcopy(contract.root.value)
        document["servers"] = [{"url": _HOST}]
        for item in document["paths"].values():
            for part in (item, *(item.values() if isinstance(item, dict) else ())):
                if isinstance(part, dict):
                    part.pop("servers", None)
        config = Config(extra_media_type_deserializers={"application/problem+json": json.loads})
        uri = contract.root.source.path.resolve().as_uri()
        self._openapi = OpenAPI.from_dict(document, base_uri=uri, config=config)

    def complaints(self, operation: Operation, response: Response) -> Iterator[tuple[str, str]]:
        """What is wrong with a response: the check it fails, and how."""
        asked = _Request(operation.method.lower(), operation.path)
        spelt = {each.name.lower(): each.name for each in declared_headers(operation, response)}
        headers = {
            spelt.get(name.lower(), name): response.header(name) or ""
            for name, _ in response.headers
        }
        given = _Response(
            response.status, response.header("Content-Type") or "", headers, response.body
        )
        validator = self._openapi.response_validator
        for error in validator.iter_errors(asked, given):
            if isinstance(error, ResponseNotFound):
                continue  # `status` says it
            if isinstance(error, MediaTypeNotFound):
                continue  # `media-type` says it
            if isinstance(error, HeaderValidationError):
                yield "header", f"{error.name}: {_words(error)}"
            else:
                yield "body", _words(error)


def declared_headers(operation: Operation, response: Response) -> tuple[Header, ...]:
    """The headers the contract declares for a response; openapi-core wants their spelling, HTTP
    has none."""
    declared = declared_response(operation, response.status)
    return declared.headers if declared is not None else ()


def _words(error: BaseException) -> str:
    """The innermost reasons of an error, without the values."""
    cause: Any = error.__cause__ or error
    reasons = getattr(cause, "schema_errors", None)
    if reasons:
        text = "; ".join(
            f"/{'/'.join(map(str, each.absolute_path))}: {each.message}" for each in reasons
        )
    else:
        text = str(cause) or str(error) or type(error).__name__
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
