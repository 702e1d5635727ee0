"""What AWS does not document, and what this stage does until someone measures it.

No AWS page settles the fields here. Each default is what similar documented behaviour suggests; a
measurement on AWS that shows something else changes the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The undocumented behaviour of the gateway, and the account this stage seems to be in."""

    media_type_parameters_ignored: bool = True
    """`application/json; charset=utf-8` selects the model and template of `application/json`."""

    header_parameters_case_sensitive: bool = False
    """AWS calls header names case-sensitive, yet every HTTP/2 client sends them in lower case."""

    paths_case_sensitive: bool = True
    """`/Items` is not `/items`."""

    empty_optional_body_validated: bool = True
    """An empty body is validated if there is a model, even with `requestBody.required: false`."""

    gateway_response_content_type_honoured: bool = True
    """`gatewayresponse.header.Content-Type` replaces the media type of the template."""

    null_result_malformed: bool = True
    """A handler that returns nothing gives a 502, not an empty 200."""

    non_string_headers_malformed: bool = True
    """A number or null as a header value gives a 502. Booleans are measured: sent as strings."""

    oversized_event_refused: bool = True
    """An event above Lambda's 6 MB gives 413 `Request Too Long` (reported once)."""

    oversized_response_status: int = 502
    """A function's response above Lambda's 6 MB, which Lambda itself reports as an error."""

    throttled_function_status: int = 500
    """When Lambda throttles the function: 500 or 502, with the message of a failed integration."""

    request_size_limits: bool = True
    """Headers above 20,480 bytes give 431, a URL above 10,240 characters 414. The limits are
    documented, the responses are not."""

    operation_name_in_context: bool = False
    """`requestContext.operationName` is in some AWS examples, but not in measured events."""

    method_throttle_replaces_plan_throttle: bool = True
    """A plan's throttle for one method replaces the plan's own throttle, as a stage's throttle for
    one method does; off, a request needs a token of both."""

    weeks_begin_on_sunday: bool = False
    """When a weekly quota is reset. No page says; off means Monday, as in ISO 8601."""

    explicit_deny_text: str = (
        "User is not authorized to access this resource with an explicit deny in an "
        "identity-based policy"
    )
    """The message of a policy's Deny, as in AWS's knowledge centre now; older copies end at
    "deny". Do not depend on it."""

    expired_token_unauthorized: bool = True
    """An expired JWT gives 401 UNAUTHORIZED `The incoming token has expired`, as reported for user
    pools; off, the default 403 of EXPIRED_TOKEN."""

    bearer_prefix_accepted: bool = True
    """A user pool's token may be sent with or without `Bearer ` before it."""

    integration_timeouts: bool = True
    """Off while a function is debugged: the gateway waits for ever, which it never does on AWS."""

    account_id: str = "123456789012"
    region: str = "us-east-1"
    api_id: str = "local00000"

    stage_in_path: bool = True
    """Paths begin with the name of the stage; off, as behind a custom domain name."""

    upstreams: Mapping[str, str] = field(default_factory=dict)
    """Where the endpoints of HTTP integrations and VPC links are, by the URL in the document."""

    condition_keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values of policy condition keys in all requests, by the key; without values it is absent."""

    @property
    def api_arn(self) -> str:
        """The ARN of the API, with which the ARNs of its methods begin."""
        return f"arn:aws:execute-api:{self.region}:{self.account_id}:{self.api_id}"
