"""Which declared answers of which operations have been seen at this stage so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Coverage"]

_METHODS = ("get", "put", "post", "delete", "patch", "options", "head")


class Coverage:
    """Counts answers by resource, method and status, against those a document declares."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str, int], int] = {}

    def count(self, resource: str | None, method: str, status: int) -> None:
        """One more answer; a request without a resource belongs to no operation."""
        if resource is not None:
            key = (resource, method, status)
            self._seen[key] = self._seen.get(key, 0) + 1

    def report(self, document: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Each operation that is no preflight: declared statuses and how often each was seen."""
        operations: list[dict[str, Any]] = []
        for path, item in document.get("paths", {}).items():
            for name in _METHODS:
                operation = item.get(name)
                if not isinstance(operation, dict) or _is_mock(operation):
                    continue
                declared = [str(status) for status in operation.get("responses", {})]
                counts = {
                    str(status): count
                    for (resource, method, status), count in sorted(self._seen.items())
                    if (resource, method) == (path, name.upper())
                }
                operations.append(
                    {
                        "path": path,
                        "method": name.upper(),
                        "declared": declared,
                        "seen": counts,
                        "undeclared": [] if "default" in declared
                        else [status for status in counts if status not in declared],
                    }
                )  # fmt: skip
        return operations


def _is_mock(operation: Mapping[str, Any]) -> bool:
    integration = operation.get("x-amazon-apigateway-integration")
    return isinstance(integration, dict) and str(integration.get("type")).lower() == "mock"
