"""The runtimes of Lambda: their identifiers, and the images that have them."""

from __future__ import annotations

import re

PYTHON = re.compile(r"python(\d+)\.(\d+)")
"""AWS Lambda: lambda-runtimes."""

_OTHER = re.compile(r"(nodejs|java|ruby|dotnet|go|provided)\.?([a-z0-9.]*?)(?:\.x)?")
_REGISTRIES = ("public.ecr.aws/lambda/", "amazon/aws-lambda-")
"""AWS Lambda: images-create, "Using an AWS base image for Lambda"."""

INLINE_MODULE = "index"
"""The file in which Lambda puts inline code (`ZipFile`; AWS CloudFormation:
aws-properties-lambda-function-code)."""

ENTRY_POINT = ("/lambda-entrypoint.sh",)
EMULATOR = "/usr/local/bin/aws-lambda-rie"
BOOTSTRAP = "/var/runtime/bootstrap"
"""Of AWS's base images: the entry point starts the bootstrap under the emulator."""

SDK = ("boto3", "botocore")
"""Packages that the Python runtimes include (AWS Lambda: python-package)."""

RESERVED_VARIABLES = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
"""Lambda refuses a function that sets one (AWS Lambda: configuration-envvars)."""

EXEC_WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
"""AWS Lambda: runtimes-modify."""


def base_images(runtime: str) -> tuple[str, ...]:
    """The names of the images that have a runtime, as `nodejs20.x`; none if it is unknown."""
    found = _OTHER.fullmatch(runtime)
    if found is None or not found[2]:
        return ()
    return tuple(f"{registry}{found[1]}:{found[2]}" for registry in _REGISTRIES)
