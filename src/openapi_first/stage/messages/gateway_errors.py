"""Every response that API Gateway gives by itself (AWS: supported-gateway-response-types).

A step of the pipeline raises one of these errors; `stage.gateway.gateway_responses` renders it,
customised or stock.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from openapi_first.aws import gateway_responses as types


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
    def _of(cls, kind: types.GatewayResponseType, **given: Any) -> GatewayError:
        """An error with the type's own status, message and error type, unless others are given."""
        known = {"status": kind.status, "message": kind.message, "error_type": kind.error_type}
        in_execution = kind.part in (types.Part.REQUEST, types.Part.INTEGRATION)
        return cls(kind.name, **{**known, "in_execution": in_execution, **given})

    @classmethod
    def unknown_stage(cls, reason: str) -> GatewayError:
        """The first path segment is not the name of a stage."""
        # No stage, no API: no response type covers this response and nothing can customise it.
        return cls(
            "UNKNOWN_STAGE",
            403,
            "Forbidden",
            "ForbiddenException",
            customisable=False,
            reason=reason,
        )

    @classmethod
    def not_public(cls, reason: str) -> GatewayError:
        """A private API, called from elsewhere than through a VPC endpoint."""
        return cls(
            "NOT_PUBLIC",
            403,
            "Forbidden",
            "ForbiddenException",
            customisable=False,
            reason=reason,
        )

    @classmethod
    def missing_authentication_token(cls, reason: str) -> GatewayError:
        """No such path, or no such method on it: the gateway does not say which."""
        return cls._of(types.MISSING_AUTHENTICATION_TOKEN, reason=reason)

    @classmethod
    def incomplete_signature(cls, authorization: str, reason: str) -> GatewayError:
        """An unknown route, with an `Authorization` that is not an AWS signature.

        Live captures show no customised headers on it, even where DEFAULT_4XX is defined.
        """
        digest = hashlib.sha256(authorization.encode("utf-8", "replace")).digest()
        encoded = base64.b64encode(digest).decode("ascii")
        return cls._of(
            types.INVALID_SIGNATURE,
            message="Invalid key=value pair (missing equal-sign) in Authorization header (hashed "
            f"with SHA-256 and encoded with Base64): '{encoded}'.",
            customisable=False,
            reason=reason,
        )

    @classmethod
    def invalid_api_key(cls) -> GatewayError:
        """The API key is missing, unknown, disabled or in no plan of the stage."""
        return cls._of(types.INVALID_API_KEY)

    @classmethod
    def unauthorized(cls, reason: str) -> GatewayError:
        """The authorizer does not know the caller."""
        return cls._of(types.UNAUTHORIZED, reason=reason)

    @classmethod
    def token_expired(cls, unauthorized: bool, reason: str) -> GatewayError:
        expired = types.EXPIRED_TOKEN
        if unauthorized:
            return cls._of(types.UNAUTHORIZED, message=expired.message, reason=reason)
        return cls._of(expired, error_type="ExpiredTokenException", reason=reason)

    @classmethod
    def access_denied(cls, message: str, reason: str) -> GatewayError:
        """A policy denies the caller the method."""
        return cls._of(types.ACCESS_DENIED, message=message, member="Message", reason=reason)

    @classmethod
    def authorizer_failed(cls, reason: str) -> GatewayError:
        """The authorizer's output cannot be used."""
        return cls._of(types.AUTHORIZER_FAILURE, reason=reason)

    @classmethod
    def authorizer_unreachable(cls, reason: str) -> GatewayError:
        """The authorizer cannot be called at all."""
        return cls._of(types.AUTHORIZER_CONFIGURATION_ERROR, reason=reason)

    @classmethod
    def arn_too_long(cls) -> GatewayError:
        """The path makes the method's ARN longer than a policy can name."""
        return cls._of(
            types.DEFAULT_4XX,
            status=414,
            message="Request URI too long",
            error_type="RequestUriTooLongException",
        )

    @classmethod
    def throttled(cls, key: str, plan: str) -> GatewayError:
        """The key's token bucket is empty; without `Retry-After`, as on AWS."""
        reason = f"key {key!r}: Key throttle limit exceeded for Usage Plan {plan!r}"
        return cls._of(types.THROTTLED, reason=reason)

    @classmethod
    def quota_exceeded(cls, key: str, plan: str) -> GatewayError:
        """The key has used up its plan's quota for this period."""
        reason = f"key {key!r}: Key quota exhausted for Usage Plan {plan!r}"
        return cls._of(types.QUOTA_EXCEEDED, reason=reason)

    @classmethod
    def missing_parameters(cls, names: Iterable[str]) -> GatewayError:
        """Required parameters are absent or blank."""
        kind = types.BAD_REQUEST_PARAMETERS
        return cls._of(kind, message=f"{kind.message}: [{', '.join(names)}]")

    @classmethod
    def invalid_body(cls, violations: str, media_type: str) -> GatewayError:
        """The body does not match its model; only templates can show why."""
        return cls._of(
            types.BAD_REQUEST_BODY,
            validation_error=violations,
            reason="Request body does not match model schema for content type "
            f"{media_type}: {violations}",
        )

    @classmethod
    def unsupported_media_type(cls) -> GatewayError:
        """No request template has the content type; never on a proxy integration."""
        return cls._of(types.UNSUPPORTED_MEDIA_TYPE)

    @classmethod
    def event_not_json(cls, reason: str) -> GatewayError:
        """Lambda refuses the event of an integration that is not a proxy. What follows the first
        words comes from Lambda's own parser."""
        return cls._of(
            types.DEFAULT_4XX,
            status=400,
            message=f"Could not parse request body into json: {reason}",
            error_type="BadRequestException",
            in_execution=True,
            reason="the event of the function is not JSON: map it with a template on AWS, or send "
            f"JSON ({reason})",
        )

    @classmethod
    def event_too_large(cls) -> GatewayError:
        """The event is larger than Lambda accepts."""
        return cls._of(
            types.REQUEST_TOO_LARGE,
            error_type="RequestEntityTooLargeException",
            customisable=False,
        )

    @classmethod
    def integration_failed(cls, status: int, reason: str) -> GatewayError:
        """502 for function errors and malformed results, 500 if the function cannot be called."""
        return cls._of(types.DEFAULT_5XX, status=status, reason=reason)

    @classmethod
    def endpoint_unreachable(cls, reason: str) -> GatewayError:
        """The HTTP endpoint does not respond, or not with HTTP."""
        return cls._of(types.INTEGRATION_FAILURE, reason=reason)

    @classmethod
    def integration_timeout(cls, reason: str) -> GatewayError:
        """The integration does not respond within its timeout."""
        return cls._of(types.INTEGRATION_TIMEOUT, traced=True, reason=reason)
