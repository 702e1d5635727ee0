"""Quotas that an import document can exceed.

AWS raises some, and does not document how it counts bytes, so the stage only warns.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from openapi_first.aws import quotas
from openapi_first.aws.extensions import AUTHORIZER
from openapi_first.stage.api.nodes import Node


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
        ("", "bytes in the document", _size(root.value), quotas.DEFINITION_BYTES),
        (models.pointer, "bytes of models", sum(_size(each.value) for each in models.values()),
         quotas.MODEL_BYTES),
        (root.get("paths").pointer, "resources", len(resources), quotas.RESOURCES),
        (schemes.pointer, "authorizers",
         sum(each.has(AUTHORIZER) for each in schemes.values()),
         quotas.AUTHORIZERS),
    )  # fmt: skip
    for pointer, counted, count, quota in counts:
        if count > quota.limit:
            raised = "raises" if quota.raisable else "does not raise"
            yield f"#{pointer}: {count} {counted}; the quota is {quota.limit}, which AWS {raised}"


def _size(value: Any) -> int:
    return len(json.dumps(value, default=str).encode())
