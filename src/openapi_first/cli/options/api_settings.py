"""The options for the settings of an API that differ by stage."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from openapi_first.aws.endpoints import (
    ACCESS_MODES,
    LARGEST_COMPRESSION_SIZE,
    SECURITY_POLICIES,
)
from openapi_first.cli.options.argument_types import count
from openapi_first.cli.options.shared import Parser

if TYPE_CHECKING:
    from openapi_first.import_document.extensions.api_settings import ApiSettings


def takes_api_settings(parser: Parser) -> None:
    group = parser.add_argument_group(
        "settings of the API",
        "What an import would reset if the document lacked it.",
    )
    group.add_argument(
        "--security-policy",
        choices=SECURITY_POLICIES,
        metavar="NAME",
        help=f"the TLS versions and ciphers; one of {', '.join(SECURITY_POLICIES)}",
    )
    group.add_argument(
        "--endpoint-access-mode",
        choices=ACCESS_MODES,
        default=ACCESS_MODES[0],
        help="goes with --security-policy; default: %(default)s",
    )
    group.add_argument(
        "--minimum-compression-size",
        type=_compression_size,
        metavar="BYTES",
        help="compress responses from this size for clients that ask for it",
    )
    group.add_argument(
        "--vpc-endpoint",
        action="append",
        default=[],
        metavar="ID",
        help="a VPC endpoint that may call the API, which is private then; may be repeated",
    )
    group.add_argument(
        "--no-default-url",
        action="store_true",
        help="serve the API only under a custom domain name",
    )


def chosen_api_settings(options: argparse.Namespace) -> ApiSettings:
    from openapi_first.import_document.extensions.api_settings import ApiSettings

    return ApiSettings(
        options.security_policy or "",
        options.endpoint_access_mode,
        options.minimum_compression_size,
        tuple(dict.fromkeys(options.vpc_endpoint)),
        has_default_url=not options.no_default_url,
    )


def _compression_size(text: str) -> int:
    number = count(text)
    if number > LARGEST_COMPRESSION_SIZE:
        raise argparse.ArgumentTypeError(
            f"{text} is more than {LARGEST_COMPRESSION_SIZE}, the largest that AWS takes"
        )
    return number
