"""A REST API as plain, frozen data: `importer` makes it from a document, the stage reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from openapi_first.aws.authorizers import DEFAULT_TTL_SECONDS, AuthorizerKind
from openapi_first.aws.quotas import LONGEST_TIMEOUT_MS
from openapi_first.core.errors import UserError
from openapi_first.patterns.whole_match import whole_match
from openapi_first.stage.models.models import Model
from openapi_first.stage.policies.policy import Policy

Location = Literal["header", "path", "querystring"]
"""Where a request parameter is, as in `method.request.<location>.<name>`."""

KeySource = Literal["HEADER", "AUTHORIZER"]
"""Where API keys come from (AWS: api-gateway-api-key-source)."""

Passthrough = Literal["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"]

IntegrationKind = Literal["aws_proxy", "http_proxy", "aws", "http", "mock", "unsupported"]

ContentHandling = Literal["", "CONVERT_TO_TEXT", "CONVERT_TO_BINARY"]
"""AWS: api-gateway-payload-encodings-workflow; empty if the document has none."""


class StageDocumentError(UserError):
    """The import document cannot become a stage. `problems` has every reason, not only one."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        title = f"the import document has {count} problem{'s' if count != 1 else ''}:"
        super().__init__("\n  ".join((title, *self.problems)))


@dataclass(frozen=True, slots=True)
class RequestParameter:
    """A required parameter; the gateway checks nothing else about one (AWS: known issues)."""

    location: Location
    name: str


@dataclass(frozen=True, slots=True)
class Validator:
    """A named request validator: what it validates."""

    body: bool = False
    parameters: bool = False


@dataclass(frozen=True, slots=True)
class IntegrationResponse:
    """One response of an integration that is not a proxy; `pattern` is None for `default`.

    Without a template, the response of the endpoint or function is passed through.
    """

    pattern: str | None
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    template: str = ""
    content_handling: ContentHandling = ""

    def selected_by(self, text: str) -> bool:
        """Whether `pattern` matches the whole text; False for `default`. May take 2 s."""
        return self.pattern is not None and whole_match(self.pattern).accepts(text)


@dataclass(frozen=True, slots=True)
class Integration:
    """What responds to a method's requests; `reason` is why an unsupported one cannot."""

    kind: IntegrationKind
    uri: str = ""
    http_method: str = "POST"
    timeout_seconds: float = LONGEST_TIMEOUT_MS.limit / 1000
    passthrough: Passthrough = "WHEN_NO_MATCH"
    content_handling: ContentHandling = ""
    streams: bool = False
    """`responseTransferMode: STREAM`: the response is passed on as it arrives."""
    request_parameters: tuple[tuple[Location, str, str], ...] = ()
    """What is sent beside, or in place of, what the client sent: location, name, expression."""
    request_templates: Mapping[str, str] = field(default_factory=dict)
    responses: tuple[IntegrationResponse, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A further claim of a token; if there are `values`, it must be one of them."""

    name: str
    required: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs tokens, and for whom. With `client_ids`, a `client_id` counts as an audience."""

    url: str
    audiences: tuple[str, ...] = ()
    client_ids: bool = False
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Authorizer:
    """What decides whether a caller may call a method (AWS: swagger-extensions-authorizer).

    `identity` has the mapping expressions of its identity sources. Without `issuers` any issuer is
    accepted, and without `algorithms` any safe algorithm.
    """

    name: str
    kind: AuthorizerKind
    identity: tuple[str, ...]
    uri: str = ""
    ttl_seconds: int = DEFAULT_TTL_SECONDS
    token_pattern: str | None = None
    issuers: tuple[Issuer, ...] = ()
    algorithms: tuple[str, ...] = ()

    def accepts(self, text: str) -> bool:
        """Whether `token_pattern` matches the whole text; True without one. May take 2 s."""
        return self.token_pattern is None or whole_match(self.token_pattern).accepts(text)


@dataclass(frozen=True, slots=True)
class MethodSecurity:
    """What a request to a method must carry; `signed` is AWS_IAM."""

    api_key_required: bool = False
    authorizer: Authorizer | None = None
    scopes: tuple[str, ...] = ()
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """One HTTP method of one resource; `http_method` may be `ANY`."""

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
    """A customised response of the gateway itself (AWS: supported-gateway-response-types)."""

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RestApi:
    """A whole API; `digest` is the SHA-256 of its document, in hexadecimal."""

    title: str
    methods: tuple[Method, ...]
    gateway_responses: Mapping[str, GatewayResponse]
    binary_media_types: tuple[str, ...]
    digest: str
    policy: Policy | None = None
    private: bool = False
    """Only reached through a VPC endpoint."""
    key_source: KeySource = "HEADER"
    minimum_compression_size: int | None = None
    """Responses of at least so many bytes are compressed; None means none is."""
    warnings: tuple[str, ...] = ()
    """What AWS would do with this document, but this stage does not."""
