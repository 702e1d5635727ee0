"""Bodies of PATCH that change what is there: JSON Patches, and merge patches that remove."""

from __future__ import annotations

from typing import Any

from openapi_first.conformance.phases.steps import Steps
from openapi_first.openapi.model import Operation


def json_patch(shown: Any, bodies: list[Any]) -> list[dict[str, Any]] | None:
    """A JSON Patch (RFC 6902) that replaces a member by the value that another body gives it; None
    if there is none."""
    for body in bodies if isinstance(shown, dict) else ():
        for name, value in body.items() if isinstance(body, dict) else ():
            if name in shown and shown[name] != value and value is not None:
                path = "/" + name.replace("~", "~0").replace("/", "~1")
                return [{"op": "replace", "path": path, "value": value}]
    return None


def removing(steps: Steps, operation: Operation, shown: Any) -> Any:
    """A merge patch that removes a member that is there (RFC 7396: by null), None if none may."""
    for name in sorted(steps.request_members(operation)) if isinstance(shown, dict) else ():
        if shown.get(name) is not None and steps.allows(operation, {name: None}):
            return {name: None}
    return None
