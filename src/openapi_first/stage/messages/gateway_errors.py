"""Every response that API Gateway gives by itself (AWS: supported-gateway-response-types).

A step of the pipeline raises one of these errors; `stage.gateway.gateway_responses` renders it,
customised or stock.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

STOCK_STATUS: Mapping[str, int | None] = {
    "ACCESS_DENIED": 403,
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "DEFAULT_4XX": None,
    "DEFAULT_5XX": None,
    "EXPIRED_TOKEN": 403,
    "INTEGRATION_FAILURE": 504,
    "INTEGRATION_TIMEOUT": 504,
    "INVALID_API_KEY": 403,
    "INVALID_SIGNATURE": 403,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "QUOTA_EXCEEDED": 429,
    "REQUEST_TOO_LARGE": 413,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "WAF_FILTERED": 403,
}
"""The 21 response types, each with its default status."""

_INTERNAL = "InternalServerErrorException"
_AUTHORIZER = "AuthorizerConfigurationException"


@dataclass(eq=False)
class GatewayError(Exception):
    """The gateway responds to this request itself: response type, status and message."""

    type: str
    status: int
    message: str | None
    error_type: str
    """The value of `x-amzn-ErrorType`."""
    in_execution: bool = False
    """Raised while executing the method: the stock body then has a space after its colon."""
    customisable: bool = True
    traced: bool = False
    """`X-Amzn-Trace-Id` is on 504 responses, and absent on other errors."""
    member: str = "message"
    """The stock body's name for the message: denials by a policy spell it `Message`."""
    validation_error: str | None = None
    reason: str | None = None
    """For the developer's log, never for the client."""

    def __str__(self) -> str:
        return self.reason or self.message or self.type

    @classmethod
    def unknown_stage(cls) -> GatewayError:
        """The first path segment is not the name of a stage."""
        # No stage, no API: no response type covers this response and nothing can customise it.
        return cls("UNKNOWN_STAGE", 403, "Forbidden", "ForbiddenException", customisable=False)

    @classmethod
    def missing_authentication_token(cls) -> GatewayError:
        """No such path, or no such method on it: the gateway does not say which."""
        return cls(
            "MISSING_AUTHENTICATION_TOKEN",
            403,
            "Missing Authentication Token",
            "MissingAuthenticationTokenException",
        )

    @classmethod
    def incomplete_signature(cls, authorization: str) -> GatewayError:
        """An unknown route, with an `Authorization` that is not an AWS signature.

        Live captures show no customised headers on it, even where DEFAULT_4XX is defined.
        """
        digest = hashlib.sha256(authorization.encode("utf-8", "replace")).digest()
        encoded = base64.b64encode(digest).decode("ascii")
        return cls(
            "INVALID_SIGNATURE",
            403,
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with "
            f"SHA-256 and encoded with Base64): '{encoded}'.",
            "IncompleteSignatureException",
            customisable=False,
        )

    @classmethod
    def invalid_api_key(cls) -> GatewayError:
        """The API key is missing, unknown, disabled or in no plan of the stage."""
        return cls("INVALID_API_KEY", 403, "Forbidden", "ForbiddenException")

    @classmethod
    def unauthorized(cls, reason: str) -> GatewayError:
        """The authorizer does not know the caller."""
        return cls("UNAUTHORIZED", 401, "Unauthorized", "UnauthorizedException", reason=reason)

    @classmethod
    def token_expired(cls, unauthorized: bool, reason: str) -> GatewayError:
        message = "The incoming token has expired"
        if unauthorized:
            return cls("UNAUTHORIZED", 401, message, "UnauthorizedException", reason=reason)
        return cls("EXPIRED_TOKEN", 403, message, "ExpiredTokenException", reason=reason)

    @classmethod
    def access_denied(cls, message: str) -> GatewayError:
        """A policy denies the caller the method."""
        return cls("ACCESS_DENIED", 403, message, "AccessDeniedException", member="Message")

    @classmethod
    def authorizer_failed(cls, reason: str) -> GatewayError:
        """The authorizer's output cannot be used."""
        return cls("AUTHORIZER_FAILURE", 500, None, _AUTHORIZER, reason=reason)

    @classmethod
    def authorizer_unreachable(cls, reason: str) -> GatewayError:
        """The authorizer cannot be called at all."""
        return cls("AUTHORIZER_CONFIGURATION_ERROR", 500, None, _AUTHORIZER, reason=reason)

    @classmethod
    def arn_too_long(cls) -> GatewayError:
        """The path makes the method's ARN longer than a policy can name."""
        return cls("DEFAULT_4XX", 414, "Request URI too long", "RequestUriTooLongException")

    @classmethod
    def throttled(cls, key: str, plan: str) -> GatewayError:
        """The key's token bucket is empty; without `Retry-After`, as on AWS."""
        reason = f"key {key!r}: Key throttle limit exceeded for Usage Plan {plan!r}"
        return cls("THROTTLED", 429, "Too Many Requests", "TooManyRequestsException", reason=reason)

    @classmethod
    def quota_exceeded(cls, key: str, plan: str) -> GatewayError:
        """The key has used up its plan's quota for this period."""
        reason = f"key {key!r}: Key quota exhausted for Usage Plan {plan!r}"
        return cls("QUOTA_EXCEEDED", 429, "Limit Exceeded", "LimitExceededException", reason=reason)

    @classmethod
    def missing_parameters(cls, names: Iterable[str]) -> GatewayError:
        """Required parameters are absent or blank."""
        message = f"Missing required request parameters: [{', '.join(names)}]"
        return cls("BAD_REQUEST_PARAMETERS", 400, message, "BadRequestException", in_execution=True)

    @classmethod
    def invalid_body(cls, violations: str, media_type: str) -> GatewayError:
        """The body does not match its model; only templates can show why."""
        return cls(
            "BAD_REQUEST_BODY",
            400,
            "Invalid request body",
            "BadRequestException",
            in_execution=True,
            validation_error=violations,
            reason="Request body does not match model schema for content type "
            f"{media_type}: {violations}",
        )

    @classmethod
    def unsupported_media_type(cls) -> GatewayError:
        """No request template has the content type; never on a proxy integration."""
        return cls(
            "UNSUPPORTED_MEDIA_TYPE",
            415,
            "Unsupported Media Type",
            "BadRequestException",
            in_execution=True,
        )

    @classmethod
    def event_too_large(cls) -> GatewayError:
        """The event is larger than Lambda accepts."""
        return cls(
            "REQUEST_TOO_LARGE",
            413,
            "Request Too Long",
            "RequestEntityTooLargeException",
            customisable=False,
        )

    @classmethod
    def integration_failed(cls, status: int, reason: str) -> GatewayError:
        """502 for function errors and malformed results, 500 if the function cannot be called."""
        return cls(
            "DEFAULT_5XX",
            status,
            "Internal server error",
            _INTERNAL,
            in_execution=True,
            reason=reason,
        )

    @classmethod
    def endpoint_unreachable(cls, reason: str) -> GatewayError:
        """The HTTP endpoint does not respond, or not with HTTP."""
        return cls(
            "INTEGRATION_FAILURE",
            504,
            "Network error communicating with endpoint",
            _INTERNAL,
            in_execution=True,
            reason=reason,
        )

    @classmethod
    def integration_timeout(cls, reason: str) -> GatewayError:
        """The integration does not respond within its timeout."""
        return cls(
            "INTEGRATION_TIMEOUT",
            504,
            "Endpoint request timed out",
            _INTERNAL,
            in_execution=True,
            traced=True,
            reason=reason,
        )
