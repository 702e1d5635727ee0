"""The types of gateway responses.

Names, statuses and groups are on AWS's page. Messages and the values of `x-amzn-ErrorType` are on
no page: they were recorded or reported from live APIs, and are None where nothing was seen or where
they depend on the request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from openapi_first.aws.pages import GUIDE, KNOWN_ISSUES
from openapi_first.aws.quotas import PAYLOAD_BYTES

DEFAULT_TEMPLATES: Mapping[str, str] = {
    "application/json": '{"message":$context.error.messageString}'
}
"""The templates of a type that nobody customised, as recorded."""


class Part(Enum):
    """The part of API Gateway that refuses a request with a type."""

    ROUTING = auto()
    ACCESS = auto()
    USAGE_PLAN = auto()
    REQUEST = auto()
    INTEGRATION = auto()


@dataclass(frozen=True, slots=True)
class GatewayResponseType:
    """`group` is the type whose definition a type without its own uses; the two groups have no
    status and no group."""

    name: str
    status: int | None
    part: Part | None
    message: str | None = None
    error_type: str | None = None
    customisable: bool = True
    page: str = GUIDE + "supported-gateway-response-types.html"

    @property
    def group(self) -> str | None:
        if self.status is None:
            return None
        return DEFAULT_4XX.name if self.status < 500 else DEFAULT_5XX.name


DEFAULT_4XX = GatewayResponseType("DEFAULT_4XX", None, None)
DEFAULT_5XX = GatewayResponseType(
    # Also for function errors and malformed results, which no type is for.
    "DEFAULT_5XX", None, Part.INTEGRATION, "Internal server error", "InternalServerErrorException",
)  # fmt: skip
ACCESS_DENIED = GatewayResponseType(
    "ACCESS_DENIED", 403, Part.ACCESS, None, "AccessDeniedException"
)
API_CONFIGURATION_ERROR = GatewayResponseType("API_CONFIGURATION_ERROR", 500, None)
AUTHORIZER_CONFIGURATION_ERROR = GatewayResponseType(
    "AUTHORIZER_CONFIGURATION_ERROR", 500, Part.ACCESS, None, "AuthorizerConfigurationException"
)
AUTHORIZER_FAILURE = GatewayResponseType(
    "AUTHORIZER_FAILURE", 500, Part.ACCESS, None, "AuthorizerConfigurationException"
)
BAD_REQUEST_BODY = GatewayResponseType(
    "BAD_REQUEST_BODY", 400, Part.REQUEST, "Invalid request body", "BadRequestException"
)
BAD_REQUEST_PARAMETERS = GatewayResponseType(
    # The names follow: `: [limit, offset]`.
    "BAD_REQUEST_PARAMETERS", 400, Part.REQUEST, "Missing required request parameters",
    "BadRequestException",
)  # fmt: skip
EXPIRED_TOKEN = GatewayResponseType(
    "EXPIRED_TOKEN", 403, Part.ACCESS, "The incoming token has expired"
)
INTEGRATION_FAILURE = GatewayResponseType(
    "INTEGRATION_FAILURE", 504, Part.INTEGRATION, "Network error communicating with endpoint",
    "InternalServerErrorException",
)  # fmt: skip
INTEGRATION_TIMEOUT = GatewayResponseType(
    "INTEGRATION_TIMEOUT", 504, Part.INTEGRATION, "Endpoint request timed out",
    "InternalServerErrorException",
)  # fmt: skip
INVALID_API_KEY = GatewayResponseType(
    "INVALID_API_KEY", 403, Part.ACCESS, "Forbidden", "ForbiddenException"
)
INVALID_SIGNATURE = GatewayResponseType(
    "INVALID_SIGNATURE", 403, Part.ACCESS, None, "IncompleteSignatureException"
)
MISSING_AUTHENTICATION_TOKEN = GatewayResponseType(
    "MISSING_AUTHENTICATION_TOKEN", 403, Part.ROUTING, "Missing Authentication Token",
    "MissingAuthenticationTokenException",
)  # fmt: skip
QUOTA_EXCEEDED = GatewayResponseType(
    "QUOTA_EXCEEDED", 429, Part.USAGE_PLAN, "Limit Exceeded", "LimitExceededException"
)
REQUEST_TOO_LARGE = GatewayResponseType(
    "REQUEST_TOO_LARGE", 413, None, "Request Too Long", customisable=False, page=KNOWN_ISSUES
)
RESOURCE_NOT_FOUND = GatewayResponseType("RESOURCE_NOT_FOUND", 404, Part.ROUTING)
THROTTLED = GatewayResponseType(
    "THROTTLED", 429, Part.USAGE_PLAN, "Too Many Requests", "TooManyRequestsException"
)
UNAUTHORIZED = GatewayResponseType(
    "UNAUTHORIZED", 401, Part.ACCESS, "Unauthorized", "UnauthorizedException"
)
UNSUPPORTED_MEDIA_TYPE = GatewayResponseType(
    "UNSUPPORTED_MEDIA_TYPE", 415, Part.REQUEST, "Unsupported Media Type", "BadRequestException"
)
WAF_FILTERED = GatewayResponseType(
    "WAF_FILTERED", 403, Part.ACCESS, "Forbidden", "ForbiddenException"
)

GATEWAY_RESPONSES: Mapping[str, GatewayResponseType] = {
    each.name: each for each in globals().copy().values() if isinstance(each, GatewayResponseType)
}
"""All types, by name."""


@dataclass(frozen=True, slots=True)
class FixedResponse:
    """A response that no gateway response changes. In JSON, `message` is the member of that name;
    in text it is the body. `needs_body` is whether only a request body can cause it."""

    status: int
    media_type: str
    message: str
    needs_body: bool = False
    page: str = KNOWN_ISSUES


FIXED_BODY_TOO_LARGE = FixedResponse(
    413, "text/plain", f"HTTP content length exceeded {PAYLOAD_BYTES.limit} bytes.", needs_body=True
)
"""A body above the quota of API Gateway, as reported."""
FIXED_EVENT_TOO_LARGE = FixedResponse(
    413, "application/json", str(REQUEST_TOO_LARGE.message), needs_body=True
)
"""An event above the quota of Lambda, as reported."""
FIXED_URL_TOO_LONG = FixedResponse(
    414, "application/json", "Request-URI Too Large", page=PAYLOAD_BYTES.page
)
FIXED_HEADERS_TOO_LARGE = FixedResponse(
    431, "application/json", "Request Header Fields Too Large", page=PAYLOAD_BYTES.page
)
FIXED_UNSUPPORTED_CODING = FixedResponse(
    415,
    "application/json",
    "Unsupported Media Type",
    needs_body=True,
    page=GUIDE + "api-gateway-make-request-with-compressed-payload.html",
)
"""A body in a coding that is not supported, or not in the coding it names. It is found before the
API is known, so that no gateway response can change it."""

FIXED_RESPONSES = (
    FIXED_BODY_TOO_LARGE,
    FIXED_EVENT_TOO_LARGE,
    FIXED_URL_TOO_LONG,
    FIXED_HEADERS_TOO_LARGE,
)
"""Those that a contract has to declare to be whole: a client meets them in any API."""
