"""Which extra of the distribution to install when a package that a command needs is missing."""

from __future__ import annotations

import traceback

DISTRIBUTION = "openapi-first-serverless"
# Packages by the names they are imported by. `build` is part of every other extra.
PACKAGES = {
    "build": ("jinja2", "jsonschema", "openapi_spec_validator", "yaml"),
    "serve": (
        *("cryptography", "debugpy", "flask_swagger_ui", "h11", "jwt", "referencing"),
        *("starlette", "uvicorn", "watchfiles"),
    ),
    "dynamodb": ("moto", "werkzeug"),
    "image": ("docker",),
    "sam": ("samtranslator",),
    "test": (
        *("certifi", "hypothesis", "jsonschema_path", "openapi_core", "pytest", "requests"),
        *("schemathesis", "urllib3"),
    ),
    "aws": ("boto3", "botocore"),
    "client": ("openapi_generator_cli", "openapi_python_client"),
}
# The commands that need more than `build`, by their modules.
COMMANDS = {
    "openapi_first.cli.drift": "aws",
    "openapi_first.cli.serve": "serve",
    "openapi_first.cli.test": "test",
}


def missing_extra(error: ModuleNotFoundError) -> str | None:
    """One line that says what to install; None if no extra brings the missing module."""
    extra = next((extra for extra, names in PACKAGES.items() if error.name in names), None)
    if extra is None:
        return None
    if extra == "build":
        extra = _extra_of_command(error) or extra
    return (
        f"this command needs the package {error.name}, which comes with the extra `{extra}`: "
        f"pip install '{DISTRIBUTION}[{extra}]'"
    )


def _extra_of_command(error: ModuleNotFoundError) -> str | None:
    """That of the running command, so that nobody is sent to install `build` first."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__")
        if module in COMMANDS:
            return COMMANDS[module]
    return None
