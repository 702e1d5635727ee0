"""What AWS leaves undocumented, and what this stage does about it until someone measures.

Every field here is a point no AWS page settles. The default is the reading that the documented
neighbours suggest; a measurement on AWS that says otherwise turns into another default.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The open points of the gateway, and the identity this stage shows to the function."""

    media_type_parameters_ignored: bool = True
    """`application/json; charset=utf-8` finds the model and template of `application/json`."""

    header_parameters_case_sensitive: bool = False
    """AWS calls header names case-sensitive, yet every HTTP/2 client sends them in lower case."""

    paths_case_sensitive: bool = True
    """`/Items` is not `/items`."""

    empty_optional_body_validated: bool = True
    """A model decides that a body is checked; `requestBody.required: false` does not excuse one."""

    gateway_response_content_type_honoured: bool = True
    """`gatewayresponse.header.Content-Type` replaces the media type of the template."""

    null_result_malformed: bool = True
    """A handler that returns nothing gives a 502, not an empty 200."""

    non_string_headers_malformed: bool = True
    """A number or null as a header value gives a 502. Booleans are measured: sent as text."""

    oversized_event_refused: bool = True
    """An event above Lambda's 6 MB gives 413 `Request Too Long` (reported once)."""

    oversized_response_status: int = 502
    """A function's response above Lambda's 6 MB, which Lambda itself reports as an error."""

    throttled_function_status: int = 500
    """When Lambda throttles the function: 500 or 502, in the words of any failed integration."""

    request_size_limits: bool = True
    """Headers above 20,480 bytes give 431, a URL above 10,240 characters 414. The limits are
    documented, the answers are not."""

    operation_name_in_context: bool = False
    """`requestContext.operationName` is in some AWS examples, and absent from measured events."""

    method_throttle_replaces_plan_throttle: bool = True
    """A throttle of one method in a plan stands in for the plan's own, as a method's throttle in a
    stage does; off, a request needs a token of both."""

    weeks_begin_on_sunday: bool = False
    """When a quota per week begins anew. No page says; off means Monday, as ISO 8601 has it."""

    explicit_deny_text: str = "User is not authorized to access this resource with an explicit deny"
    """The message of a policy's Deny. Reports disagree on whether its end says where the policy
    was found; nobody should depend on it."""

    expired_token_unauthorized: bool = True
    """An expired JWT gives 401 UNAUTHORIZED `The incoming token has expired`, as reported of user
    pools; off, the 403 that EXPIRED_TOKEN has by default."""

    bearer_prefix_accepted: bool = True
    """A user pool's token may come as `Bearer <token>` as well as alone."""

    account_id: str = "123456789012"
    region: str = "us-east-1"
    api_id: str = "local00000"
