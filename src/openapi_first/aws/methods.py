"""Methods and integrations of a REST API (AWS: API_PutMethod, swagger-extensions-integration)."""

from __future__ import annotations

METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD")
"""What `ANY` stands for. A document writes them in lower case."""

ANY = "ANY"
"""For every method that its resource does not have."""

INTEGRATION_TYPES = ("aws_proxy", "http_proxy", "mock", "aws", "http")
"""As a document writes them; case does not matter."""

PASSTHROUGH_BEHAVIORS = ("when_no_match", "when_no_templates", "never")
"""What becomes of a body without a template; the first is the default."""

RESPONSE_TRANSFER_MODES = ("BUFFERED", "STREAM")
"""The first is the default (AWS: response-transfer-mode)."""

CONTENT_HANDLINGS = ("CONVERT_TO_TEXT", "CONVERT_TO_BINARY")
"""AWS: api-gateway-payload-encodings-workflow."""

INTEGRATION_STRINGS = (
    *("type", "uri", "httpMethod", "credentials", "passthroughBehavior", "contentHandling"),
    *("cacheNamespace", "connectionId", "connectionType", "integrationTarget"),
    *("responseTransferMode", "integrationSubtype", "payloadFormatVersion"),
)
INTEGRATION_OBJECTS = ("requestParameters", "requestTemplates", "responses", "tlsConfig")
INTEGRATION_LISTS = ("cacheKeyParameters",)
INTEGRATION_INTEGERS = ("timeoutInMillis",)
"""The members of an integration by their JSON type (AWS: swagger-extensions-integration)."""
