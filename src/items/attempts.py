"""Whether an earlier attempt of a call may have succeeded, although its last one has failed.

botocore sends a call again after some errors. If an attempt has written and only its answer is
lost, the condition of the next one may fail, since another client has already changed what the
first wrote. "The condition was false" would then deny a change that was made. botocore's public
events (boto3 guide, "Extensibility guide") have what each attempt met, and a context for each call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

from items.answers import TRANSIENT

if TYPE_CHECKING:
    from items.calls import Client

_UNKNOWN = "OutcomeUnknown"


def note_outcomes(client: Client) -> Client:
    """The client, of whose errors `may_have_succeeded` can now say so."""
    client.meta.events.register_first("needs-retry.dynamodb", _note)
    client.meta.events.register_first("after-call.dynamodb", _pass_on)
    return client


def may_have_succeeded(response: Mapping[str, Any]) -> bool:
    """Whether an attempt of the call may have. `response` is that of a ClientError."""
    return _UNKNOWN in response["ResponseMetadata"]


def _note(
    request_dict: Mapping[str, Any],
    response: Any = None,
    caught_exception: Exception | None = None,
    **_: Any,
) -> None:
    """After each attempt."""
    if caught_exception is not None:
        # Without a connection nothing was sent.
        unknown = not isinstance(caught_exception, EndpointConnectionError | ConnectTimeoutError)
    else:
        raw, parsed = response
        unknown = raw.status_code >= 500 or parsed.get("Error", {}).get("Code") == TRANSIENT
    if unknown:
        request_dict["context"][_UNKNOWN] = True


def _pass_on(parsed: dict[str, Any], context: Mapping[str, Any], **_: Any) -> None:
    """After the last attempt."""
    if _UNKNOWN in context:
        parsed["ResponseMetadata"][_UNKNOWN] = True
