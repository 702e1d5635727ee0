"""Quotas that an import document can exceed. Each can be raised, so the stage only warns.

AWS: api-gateway-execution-service-limits-table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from openapi_first.stage.api.nodes import Node

_DOCUMENT_BYTES = 6 * 1024 * 1024
_MODELS_BYTES = 400 * 1024
_RESOURCES = 300
_AUTHORIZERS = 10


def quota_warnings(root: Node, templates: Iterable[str]) -> Iterator[str]:
    """A warning for each quota of a REST API that the document exceeds."""
    components = root.get("components")
    models = components.get("schemas")
    schemes = components.get("securitySchemes")
    resources = {"/"}
    for template in templates:
        steps = template.strip("/").split("/")
        resources.update("/".join(steps[: index + 1]) for index in range(len(steps)))
    counts = (
        ("", "bytes in the document", _size(root.value), _DOCUMENT_BYTES),
        (models.pointer, "bytes of models", sum(_size(each.value) for each in models.values()),
         _MODELS_BYTES),
        (root.get("paths").pointer, "resources", len(resources), _RESOURCES),
        (schemes.pointer, "authorizers",
         sum(each.has("x-amazon-apigateway-authorizer") for each in schemes.values()),
         _AUTHORIZERS),
    )  # fmt: skip
    for pointer, counted, count, limit in counts:
        if count > limit:
            yield f"#{pointer}: {count} {counted}; the quota is {limit}"


def _size(value: Any) -> int:
    return len(json.dumps(value, default=str).encode())
