"""The arguments of `contract serve` for a SAM or CloudFormation template."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from openapi_first.cli.options import argument_types
from openapi_first.cli.options.shared import Parser

_OF_TEMPLATES = ("parameter", "env_vars", "api", "config_env", "region")
_OF_CONTRACTS = (
    *("handler", "image", "lambda_endpoint_url", "deployed", "mock", "setup", "debug", "function"),
    *("variable", "settings", "allow_origin", "keep_going", "plans", "rate", "burst", "quota"),
)


def takes_template_arguments(command: Parser) -> None:
    template = command.add_argument_group("for a SAM or CloudFormation template, or cdk.out")
    template.add_argument(
        "--parameter",
        action="append",
        default=[],
        type=argument_types.template_parameter,
        metavar="NAME=VALUE",
        help="the value of a parameter, or of an export of another stack; may be repeated; "
        "default: `parameter_overrides` in samconfig.toml, else the template's default",
    )
    template.add_argument(
        "--env-vars",
        type=Path,
        metavar="FILE",
        help="environment variables of functions by logical ID, in JSON, as SAM takes them; "
        "default: those of the template",
    )
    template.add_argument(
        "--api",
        metavar="LOGICAL_ID",
        help="the only REST API to serve; default: all, each on a separate port, from --port on",
    )
    template.add_argument(
        "--config-env",
        default=None,
        metavar="NAME",
        help="the environment in samconfig.toml; default: default",
    )
    template.add_argument(
        "--region",
        default=None,
        metavar="REGION",
        help="the value of AWS::Region; default: $AWS_REGION, else the region in samconfig.toml or "
        "of the stack, else us-east-1",
    )


def of_templates(options: argparse.Namespace) -> list[str]:
    """The given options that are for templates only."""
    return list(_given(options, _OF_TEMPLATES))


def of_contracts(options: argparse.Namespace) -> list[str]:
    """The given options that are not for templates."""
    return list(_given(options, _OF_CONTRACTS))


def _given(options: argparse.Namespace, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if options.__dict__.get(name) not in (None, False, []):
            yield f"--{name.replace('_', '-')}"
