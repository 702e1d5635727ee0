"""Judges responses with openapi-core: the stage may run on our own validators."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from jsonschema_path import SchemaPath
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.paths.datatypes import PathOperationServer
from openapi_core.templating.paths.finders import APICallPathFinder
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.validation.response.exceptions import HeaderValidationError, MissingData
from openapi_core.validation.schemas import (
    oas30_read_schema_validators_factory,
    oas31_schema_validators_factory,
    oas32_schema_validators_factory,
)
from openapi_core.validation.schemas.factories import (
    DialectSchemaValidatorsFactory,
    SchemaValidatorsFactory,
)

from openapi_first.conformance.model.declarations import declared_headers, declared_response
from openapi_first.conformance.model.errors import MalformedResponse
from openapi_first.conformance.model.messages import Response
from openapi_first.core.media_types import (
    charset_of,
    decode_text,
    is_json,
    match_media_type,
    media_type_of,
)
from openapi_first.decimals.keywords import exact_validator
from openapi_first.decimals.numbers import WrittenFloat
from openapi_first.openapi.model import METHODS, Contract, MediaType, Operation
from openapi_first.openapi.wider_shape import narrowed

_HOST = "http://stage"
_LONGEST = 400
_OF_TEXT = frozenset({"enum", "const", "pattern", "minLength", "maxLength"})
_RESOLVED_PATHS = 100_000
"""How many places of the contract it keeps with their references followed; by default none."""
_UNKNOWN_ENCODING = expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING]


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


class _WrittenAsJson(dict[str, Callable[..., Any]]):
    """Every media type but forms: openapi-core gets their bodies as JSON (`_as_json`). It would
    take most texts for bytes, and XML for elements, which match no schema."""

    def __contains__(self, media_type: object) -> bool:
        return isinstance(media_type, str) and not _is_form(media_type)

    def __getitem__(self, media_type: str) -> Callable[..., Any]:
        return _read_json

    def __bool__(self) -> bool:
        return True


def _read_json(data: bytes, **_: str) -> Any:
    """RFC 8259 §8.1: UTF-8, whatever a charset says."""
    return json.loads(data, parse_float=WrittenFloat)


class _SharedFormats(SchemaValidatorsFactory):
    """The library copies all checks of formats for each value that it validates."""

    def get_format_checker(self, format_validators: Any = None, extra: Any = None) -> Any:
        if format_validators is None and not extra:
            return self.format_checker
        return super().get_format_checker(format_validators, extra)


class _ExactDialects(_SharedFormats, DialectSchemaValidatorsFactory):
    """The validators of a contract's dialects, which decide exactly about decimals."""

    def get_validator_cls(self, spec: Any, schema: Any) -> Any:
        return exact_validator(super().get_validator_cls(spec, schema))


def _validators(contract: Contract) -> SchemaValidatorsFactory:
    """Those that openapi-core chooses for responses, but exact about decimals."""
    written: str = contract.root.value["openapi"]
    if written.startswith("3.0"):
        library = oas30_read_schema_validators_factory.schema_validator_cls
        return _SharedFormats(exact_validator(library, draft_4=True))
    is_31 = written.startswith("3.1")
    theirs = oas31_schema_validators_factory if is_31 else oas32_schema_validators_factory
    return _ExactDialects(
        theirs.schema_validator_cls, theirs.default_jsonschema_dialect_id, theirs.format_checker
    )


class _Finder(APICallPathFinder):
    """Finds each operation once. The library compares all paths with that of each response."""

    def __init__(self, spec: SchemaPath, base_url: str | None = None) -> None:
        super().__init__(spec, base_url)
        self._found: dict[tuple[str, str], PathOperationServer] = {}

    def find(self, method: str, name: str) -> PathOperationServer:
        if (method, name) not in self._found:
            self._found[method, name] = super().find(method, name)
        return self._found[method, name]


class ReferenceJudge:
    """Validates responses against one contract."""

    def __init__(self, contract: Contract) -> None:
        document = narrowed(contract.root.value)
        document["servers"] = [{"url": _HOST}]
        judged = {(each.path, each.method.lower()) for each in contract.operations}
        for path, item in document["paths"].items():
            for method in METHODS if isinstance(item, dict) else ():
                if (path, method) not in judged:
                    item.pop(method, None)
            for part in (item, *(item.values() if isinstance(item, dict) else ())):
                if isinstance(part, dict):
                    part.pop("servers", None)
        # openapi-core would look for the operation by its path, and takes `/{id}` for `/a/{id}`.
        # Under these names beside the others, which references may point to, it finds each.
        self._names = {path: f"/path-{n}" for n, path in enumerate(document["paths"])}
        named = {name: document["paths"][path] for path, name in self._names.items()}
        document["paths"] = {**named, **document["paths"]}
        # The contract is checked already; openapi-core refuses paths such as `/{proxy+}`.
        config = Config(
            spec_validator_cls=None,  # type: ignore[arg-type]
            extra_media_type_deserializers=_WrittenAsJson(),
            schema_validators_factory=_validators(contract),
            path_finder_cls=_Finder,
        )
        uri = contract.root.source.path.resolve().as_uri()
        spec = SchemaPath.from_dict(document, base_uri=uri, resolved_cache_maxsize=_RESOLVED_PATHS)
        self._openapi = OpenAPI(spec, config=config)

    def schema_errors(self, operation: Operation, response: Response) -> dict[str, str]:
        """The first error by the id of the check that it fails: `body`, `header`. Raises
        MalformedResponse if openapi-core cannot read the response."""
        request = _Request(operation.method.lower(), self._names[operation.path])
        # openapi-core compares header names with case.
        declared = declared_headers(operation, response.status)
        spelling = {each.name.lower(): each.name for each in declared}
        headers = {
            spelling.get(name.lower(), name): response.header(name) or ""
            for name, _ in response.headers
        }
        content_type = response.header("Content-Type") or ""
        body: bytes | None = response.body
        complaint = None
        if not is_json(response.media_type):
            schema = _schema(operation, response) or {}
            body, complaint = _as_json(response.body, content_type, schema)
        validated = _Response(response.status, content_type, headers, body or b"")
        try:
            found = self._first_errors(request, validated)
        except Exception as error:  # it raises whatever its parsers raise
            reason = f"openapi-core cannot read it ({type(error).__name__}: {error})"
            raise MalformedResponse(reason) from error
        if body is None:
            found.pop("body", None)
        return found if complaint is None else {**found, "body": complaint}

    def _first_errors(self, request: _Request, response: _Response) -> dict[str, str]:
        found: dict[str, str] = {}
        for error in self._openapi.response_validator.iter_errors(request, response):
            if isinstance(error, ResponseNotFound | MediaTypeNotFound):
                continue  # the checks `status` and `media-type` report these
            if isinstance(error, MissingData) and not is_json(media_type_of(response.content_type)):
                continue  # an empty file or text is content
            if isinstance(error, HeaderValidationError):
                found.setdefault("header", f"{error.name}: {_reasons(error)}")
            else:
                found.setdefault("body", _reasons(error))
        return found


@dataclass(frozen=True)
class _Entry:
    """An entry of `content`, for `match_media_type`."""

    content: MediaType

    @property
    def media_type(self) -> str:
        return self.content.name


def _schema(operation: Operation, response: Response) -> dict[str, Any] | None:
    """The schema of a body with the response's media type, None if there is none."""
    declared = declared_response(operation, response.status)
    content = declared.content if declared is not None else ()
    found = match_media_type(tuple(map(_Entry, content)), response.media_type)
    schema = found.content.schema if found is not None else None
    value = schema.followed().value if schema is not None else None
    return value if isinstance(value, dict) else None


def _is_form(media_type: str) -> bool:
    return media_type == "application/x-www-form-urlencoded" or media_type.startswith("multipart/")


def _as_json(
    body: bytes, content_type: str, schema: dict[str, Any]
) -> tuple[bytes | None, str | None]:
    """A body that is not JSON as JSON, None if its schema does not describe its text; and what is
    wrong with it in any case.

    Text is a string, as are other bytes, one character for each. A number, `true` or `false` is
    read from text if the schema has no other types.
    """
    media_type, charset = media_type_of(content_type), charset_of(content_type)
    if _is_form(media_type):
        return body, None
    is_xml = media_type in ("application/xml", "text/xml") or media_type.endswith("+xml")
    complaint = None
    if is_xml and not _is_well_formed(body, charset):
        complaint = "the body is not well-formed XML"
    types = schema.get("type", ())
    types = {types} if isinstance(types, str) else set(types)
    text = _text(body, charset, may_be_utf_8=is_xml or media_type.startswith("text/"))
    if types & {"integer", "number", "boolean"} and not types & {"string", "object", "array"}:
        return (body if _is_scalar(text) else json.dumps(text).encode()), complaint
    describes_text = "string" in types or (not types and not _OF_TEXT.isdisjoint(schema))
    return (json.dumps(text).encode() if describes_text else None), complaint


def _text(body: bytes, charset: str | None, *, may_be_utf_8: bool) -> str:
    if charset is not None or may_be_utf_8:
        with contextlib.suppress(LookupError, UnicodeDecodeError):
            return decode_text(body, charset or "utf-8")
    return body.decode("latin-1")


def _is_scalar(text: str) -> bool:
    try:
        return isinstance(json.loads(text), int | float)
    except (ValueError, RecursionError):
        return False


def _is_well_formed(body: bytes, charset: str | None) -> bool:
    """Entities are not expanded: nothing handles them."""
    try:
        expat.ParserCreate(charset).Parse(body, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        return getattr(error, "code", None) == _UNKNOWN_ENCODING
    return True


def _reasons(error: BaseException) -> str:
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
