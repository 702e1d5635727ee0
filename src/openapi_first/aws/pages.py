"""Addresses of AWS's documentation."""

from __future__ import annotations

_AWS = "https://docs.aws.amazon.com/"
GUIDE = _AWS + "apigateway/latest/developerguide/"
REFERENCE = _AWS + "apigateway/latest/api/"
LAMBDA_GUIDE = _AWS + "lambda/latest/dg/"

INTRINSIC_FUNCTIONS = _AWS + (
    "AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html"
)
KNOWN_ISSUES = GUIDE + "api-gateway-known-issues.html"
QUOTAS = GUIDE + "api-gateway-execution-service-limits-table.html"
EXTENSIONS = GUIDE + "api-gateway-swagger-extensions"
"""Each extension's page begins like this."""
