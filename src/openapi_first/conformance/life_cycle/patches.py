"""Bodies of PATCH that change what is there: JSON Patches, and merge patches that remove."""

from __future__ import annotations

from typing import Any


def json_patch(shown: Any, bodies: list[Any]) -> list[dict[str, Any]] | None:
    """A JSON Patch (RFC 6902) that replaces a member by the value that another body gives it; None
    if there is none."""
    for body in bodies if isinstance(shown, dict) else ():
        for name, value in body.items() if isinstance(body, dict) else ():
            if name in shown and shown[name] != value and value is not None:
                path = "/" + name.replace("~", "~0").replace("/", "~1")
                return [{"op": "replace", "path": path, "value": value}]
    return None


def removing(bodies: list[Any], shown: Any) -> Any:
    """A merge patch that removes a member that is there (RFC 7396: by null), None if none does."""
    for body in bodies if isinstance(shown, dict) else ():
        if isinstance(body, dict) and any(
            value is None and shown.get(name) is not None for name, value in body.items()
        ):
            return body
    return None
