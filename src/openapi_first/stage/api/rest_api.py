"""What a REST API is once its import document has been read: plain, frozen facts.

Nothing here parses; `stage.api.importer` makes these from a document, the rest of the stage reads
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from openapi_first.core.errors import UserError
from openapi_first.stage.api.models import Model

Location = Literal["header", "path", "querystring"]
"""Where a request parameter is, in the words of `method.request.<location>.<name>`."""

AuthorizerKind = Literal["TOKEN", "REQUEST", "COGNITO_USER_POOLS", "JWT"]

Passthrough = Literal["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"]


class StageDocumentError(UserError):
    """The import document cannot become a stage. `problems` has every reason, not the first."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        title = f"the import document has {count} problem{'s' if count != 1 else ''}:"
        super().__init__("\n  ".join((title, *self.problems)))


@dataclass(frozen=True, slots=True)
class RequestParameter:
    """A required parameter. The gateway knows no other fact about one (AWS: known issues)."""

    location: Location
    name: str


@dataclass(frozen=True, slots=True)
class Validator:
    """What a named request validator switches on."""

    body: bool = False
    parameters: bool = False


@dataclass(frozen=True, slots=True)
class IntegrationResponse:
    """One answer of a mock integration; `pattern` is None for `default`."""

    pattern: str | None
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    template: str = ""


@dataclass(frozen=True, slots=True)
class Integration:
    """Where a method's requests go."""

    kind: Literal["aws_proxy", "http_proxy", "mock", "unsupported"]
    uri: str = ""
    http_method: str = "POST"
    timeout_seconds: float = 29.0
    passthrough: Passthrough = "WHEN_NO_MATCH"
    converts_to_text: bool = False
    request_parameters: tuple[tuple[Location, str, str], ...] = ()
    """What is sent on to an HTTP endpoint beside the client's own: place, name, expression."""
    request_templates: Mapping[str, str] = field(default_factory=dict)
    responses: tuple[IntegrationResponse, ...] = ()
    reason: str = ""
    """Why an unsupported one cannot be served."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A further claim of a token; with `values` it has to be one of them."""

    name: str
    required: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs tokens, and for whom; `client_ids` are taken for audiences, too, if so."""

    url: str
    audiences: tuple[str, ...] = ()
    client_ids: bool = False
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Authorizer:
    """Who says whether a caller may come in (AWS: swagger-extensions-authorizer).

    `identity` are mapping expressions of its identity sources; without `issuers` any will do, and
    without `algorithms` any that is safe.
    """

    name: str
    kind: AuthorizerKind
    identity: tuple[str, ...]
    uri: str = ""
    ttl_seconds: int = 300
    token_pattern: str | None = None
    issuers: tuple[Issuer, ...] = ()
    algorithms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MethodSecurity:
    """What a method's callers must show; `signed` is AWS_IAM."""

    api_key_required: bool = False
    authorizer: Authorizer | None = None
    scopes: tuple[str, ...] = ()
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """One HTTP method of one resource. `http_method` is `ANY` for the catch-all."""

    resource: str
    http_method: str
    integration: Integration
    operation_name: str | None = None
    required: tuple[RequestParameter, ...] = ()
    models: Mapping[str, Model] = field(default_factory=dict)
    body_required: bool = False
    validator: Validator = Validator()
    security: MethodSecurity = MethodSecurity()


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """A customised answer of the gateway's own (AWS: supported-gateway-response-types)."""

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RestApi:
    """Everything a stage needs to know of an API."""

    title: str
    methods: tuple[Method, ...]
    gateway_responses: Mapping[str, GatewayResponse]
    binary_media_types: tuple[str, ...]
    digest: str
    policy: Mapping[str, object] | None = None
    key_source: Literal["HEADER", "AUTHORIZER"] = "HEADER"
    """Where API keys come from (AWS: api-gateway-api-key-source)."""
    warnings: tuple[str, ...] = ()
    """What AWS would do with this document and this stage does not."""
