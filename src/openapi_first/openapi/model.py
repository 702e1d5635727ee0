"""The data classes of a contract: operations, parameters, bodies, responses.

Each part has the node it was read from, so that diagnostics can point to it. Schemas stay as they
are written; `openapi_first.schemas.lowering` lowers them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum

from openapi_first.aws.extensions import ANY_METHOD
from openapi_first.aws.methods import ANY
from openapi_first.documents.node import Node
from openapi_first.documents.source import Source

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
OPERATION_KEYS = (*METHODS, ANY_METHOD)
"""The keys of a path item that have an operation; the last is for every method without one."""


def method_name(key: str) -> str:
    """The method of an operation, by its key in the path item."""
    return ANY if key == ANY_METHOD else key.upper()


def method_key(name: str) -> str:
    """The key of a method's operation in a path item."""
    return ANY_METHOD if name == ANY else name.lower()


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation; `argument` is its name in Python. `media_type` is set when the
    contract describes it by `content` instead of a style."""

    name: str
    location: str
    required: bool
    argument: str
    style: str
    explode: bool
    allow_empty: bool
    media_type: str | None
    schema: Node
    node: Node


@dataclass(frozen=True)
class MediaType:
    """The content of a body in one media type; `encoding` describes the members of a form."""

    name: str
    schema: Node | None
    encoding: Node | None
    node: Node


@dataclass(frozen=True)
class RequestBody:
    required: bool
    content: tuple[MediaType, ...]
    node: Node


@dataclass(frozen=True)
class Header:
    """A response header in the style `simple`, or in a media type."""

    name: str
    required: bool
    explode: bool
    media_type: str | None
    schema: Node
    node: Node


@dataclass(frozen=True)
class Response:
    """A response; `status` is "200", "4XX" or "default"."""

    status: str
    headers: tuple[Header, ...]
    content: tuple[MediaType, ...]
    node: Node


@dataclass(frozen=True)
class Operation:
    """An operation; `function` is the name of the Python function that serves it.

    `method` is `ANY` for the operation that serves every method without one of its own. With an
    `own_integration` API Gateway calls that, and no function serves the operation.
    """

    id: str
    function: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: RequestBody | None
    responses: tuple[Response, ...]
    security: tuple[dict[str, list[str]], ...]
    node: Node
    own_integration: Node | None = None

    @property
    def label(self) -> str:
        """`GET /items/{id}`, which no other operation of the contract has."""
        return f"{self.method} {self.path}"

    @property
    def success(self) -> int:
        """The lowest 2xx status that the operation declares, or 200."""
        declared = [
            int(response.status)
            for response in self.responses
            if response.status.isdecimal() and response.status.startswith("2")
        ]
        return min(declared, default=200)

    def scopes(self, scheme: str) -> list[str]:
        """The scopes that the alternatives of `security` name for a scheme; none if one of them
        names the scheme without scopes, which is then enough."""
        alternatives = [each[scheme] for each in self.security if scheme in each]
        # Also asked for a contract that is refused, whose scopes may be anything.
        if not all(isinstance(each, list) and each for each in alternatives):
            return []
        named = (scope for scopes in alternatives for scope in scopes)
        return list(dict.fromkeys(scope for scope in named if isinstance(scope, str)))


class RemarkKind(Enum):
    """Why a part of the contract is read differently from what is written."""

    MISSHAPEN = "an annotation has the wrong shape"
    NEW_IN_3_2 = "new in OpenAPI 3.2, and only documentation"
    CONVERTED = "OpenAPI 3.0 says it differently than Swagger 2.0"
    UNENFORCED = "OpenAPI 3.0 cannot say it, so nothing enforces it"


@dataclass(frozen=True)
class Remark:
    """Something that is read differently from what is written, which lint reports."""

    kind: RemarkKind
    node: Node
    detail: str


@dataclass(frozen=True)
class Contract:
    """A whole OpenAPI document; `openapi` is `3.0` or `3.1`, `servers` are URLs with the defaults
    of their variables. Swagger 2.0 is read as 3.0, 3.2 as 3.1. `skipped` are the operations that
    were left out for their errors."""

    title: str
    version: str
    openapi: str
    operations: tuple[Operation, ...]
    servers: tuple[str, ...]
    root: Node
    sources: tuple[Source, ...]
    skipped: tuple[Operation, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def served(self) -> tuple[Operation, ...]:
        """The operations that functions serve: those without their own integration."""
        return tuple(each for each in self.operations if each.own_integration is None)


def contract_hash(contract: Contract) -> str:
    """SHA-256 over all files of the contract, in hexadecimal."""
    digest = hashlib.sha256()
    for source in contract.sources:
        digest.update(hashlib.sha256(source.data).digest())
    return digest.hexdigest()
