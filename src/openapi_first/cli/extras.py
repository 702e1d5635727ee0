"""Which extra of the distribution brings a package that is missing."""

from __future__ import annotations

_DISTRIBUTION = "openapi-first-serverless"
_EXTRAS = {
    "build": ("jsonschema", "jsonschema_rs", "openapi_spec_validator", "yaml"),
    "serve": (
        *("cryptography", "docker", "h11", "jwt", "moto", "referencing", "starlette"),
        *("uvicorn", "watchfiles", "werkzeug"),
    ),
    "test": ("hypothesis", "openapi_core", "requests", "schemathesis", "urllib3"),
    "aws": ("boto3", "botocore"),
}


def missing_extra(error: ModuleNotFoundError) -> str | None:
    """The one line that says what to install, or None when the engine does not use the module."""
    package = (error.name or "").partition(".")[0]
    for extra, packages in _EXTRAS.items():
        if package in packages:
            return f"{package} is not installed: pip install '{_DISTRIBUTION}[{extra}]'"
    return None
