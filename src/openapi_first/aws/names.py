"""Which names API Gateway accepts."""

from __future__ import annotations

import re

PARAMETER_NAME = re.compile("[a-zA-Z0-9:._$-]+")
"""Of a request parameter: "Parameter name should match the following regular expression:
^[a-zA-Z0-9:._$-]+$" is how the control plane refuses others (quoted in api-platform/api-platform
issue 2150). The page on mapping expressions (AWS: rest-api-parameter-mapping-sources) gives the
same expression without the colon, for expressions."""

PATH_SEGMENT = re.compile(r"[A-Za-z0-9_.:,-]+|\{[A-Za-z0-9_.:,-]+\+?\}")
"""AWS: api-gateway-known-issues. A variable is a whole segment; one with `+` is greedy."""

PATH_VARIABLE = re.compile("[a-zA-Z0-9:._-]+")
"""The name of a variable, without a plus sign: both a path segment and a request parameter can have
it."""

MODEL_NAME = re.compile("[0-9A-Za-z]+")
"""AWS: api-gateway-known-issues."""

STAGE_NAME = re.compile("[A-Za-z0-9_-]{1,128}")
"""AWS: API_CreateStage."""

STAGE_VARIABLE = re.compile("[A-Za-z0-9_]+")
"""AWS: API_CreateStage."""

API_KEY_HEADER = "x-api-key"
"""AWS: api-gateway-api-key-source. An apiKey scheme of this name is what requires a key."""

API_KEY_SOURCES = ("HEADER", "AUTHORIZER")
"""AWS: swagger-extensions-api-key-source; the first is the default."""

REQUEST_ID_HEADERS = ("x-amzn-RequestId", "apigw-requestid")
"""The response headers that have the request id of the access log: of a REST API (AWS:
api-gateway-known-issues lists it among the headers that are set) and of an HTTP API."""
