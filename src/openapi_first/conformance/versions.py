"""The versions of what a verdict depends on."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

_DISTRIBUTIONS = (
    *("openapi-first-serverless", "schemathesis", "hypothesis", "openapi-core"),
    *("jsonschema-rs", "requests"),
)


def versions() -> dict[str, str]:
    """The versions by distribution, the engine's first, then Python's. One that is not installed as
    a distribution, such as an engine that runs from its source, is left out."""
    found = {}
    for name in _DISTRIBUTIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return {**found, "Python": platform.python_version()}
