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
