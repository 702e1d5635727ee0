"""Quotas of API Gateway (REST) and Lambda that a contract, a document or a request can exceed."""

from __future__ import annotations

from dataclasses import dataclass

from openapi_first.aws.pages import GUIDE, LAMBDA_GUIDE, QUOTAS


@dataclass(frozen=True, slots=True)
class Quota:
    """`raisable` is whether AWS raises it on request."""

    limit: int
    raisable: bool = False
    page: str = QUOTAS


RESOURCES = Quota(300, raisable=True)
"""Of an API; each step of a path is one, and `/` is one."""
AUTHORIZERS = Quota(10, raisable=True)
"""Of an API."""
DEFINITION_BYTES = Quota(6 * 1024 * 1024)
"""Of a document that is imported."""
MODEL_BYTES = Quota(400 * 1024)
"""Of all models of an API."""
METHOD_THROTTLES = Quota(20, raisable=True)
"""For a stage in a usage plan."""

URL_CHARACTERS = Quota(10_240)
"""Of a request to a Regional API; 8,192 for an edge-optimised or private one."""
HEADER_BYTES = Quota(20_480)
"""Of all headers of a request; 8,000 for a private API."""
PAYLOAD_BYTES = Quota(10 * 1024 * 1024)
"""Of a request or response."""
METHOD_ARN_BYTES = Quota(1600)

SHORTEST_TIMEOUT_MS = Quota(50)
LONGEST_TIMEOUT_MS = Quota(29_000, raisable=True)
"""Of an integration, and the default. AWS raises it for Regional and private APIs only."""
LONGEST_STREAMING_TIMEOUT_MS = Quota(900_000, page=GUIDE + "response-transfer-mode.html")
"""Of an integration with `responseTransferMode: STREAM`."""

SHORTEST_KEY_CHARACTERS = Quota(20, page=GUIDE + "api-key-file-format.html")
LONGEST_KEY_CHARACTERS = Quota(128, page=GUIDE + "api-key-file-format.html")
"""Of the value of an API key."""
STREAM_IDLE_SECONDS = 300
"""Between two parts of a streamed response of a Regional or private API (AWS:
response-transfer-mode)."""

LAMBDA_EVENT_BYTES = Quota(6 * 1024 * 1024, page=LAMBDA_GUIDE + "gettingstarted-limits.html")
LAMBDA_RESPONSE_BYTES = Quota(6_291_556, page=LAMBDA_GUIDE + "gettingstarted-limits.html")
"""The number is that of Lambda's own error message."""

CODE_BYTES = Quota(250 * 1024 * 1024, page=LAMBDA_GUIDE + "gettingstarted-limits.html")
"""Of a function's package and its layers together, unzipped."""
LAYERS = Quota(5, page=LAMBDA_GUIDE + "gettingstarted-limits.html")
"""Of a function."""
