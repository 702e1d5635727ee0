"""`contract drift`: reports whether a deployed stage still matches the contract."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from openapi_first.cli.options.api_settings import chosen_api_settings, takes_api_settings
from openapi_first.cli.options.shared import (
    Commands,
    chosen_settings,
    takes_contract,
    takes_origins,
    takes_settings,
)


def add_drift(commands: Commands) -> None:
    command = commands.add_parser(
        "drift",
        help="report whether a deployed stage still matches the contract",
        description="Compares the contract with the REST API in API Gateway and with what its "
        "stage serves. Exits 0 when they are in sync, 1 when the deployment is stale or was "
        "edited by hand, and 2 when they cannot be compared.",
        epilog="example: contract drift --rest-api-id a1b2c3d4e5 --stage prod --region eu-west-1",
    )
    takes_contract(command)
    command.add_argument("--rest-api-id", metavar="ID", help="the API's id, as in its URL")
    command.add_argument("--stage", metavar="NAME", help="the stage's name")
    command.add_argument(
        "--api-name",
        metavar="NAME",
        help="also report another name of the API, since CloudWatch keeps its metrics by the name: "
        "that of the stack in template.yaml",
    )
    command.add_argument(
        "--region",
        help="the API's region; default: AWS_REGION, AWS_DEFAULT_REGION, that of the profile or "
        "that in samconfig.toml",
    )
    command.add_argument(
        "--profile",
        help="of the AWS configuration; default: AWS_PROFILE, else the one in samconfig.toml",
    )
    command.add_argument(
        "--export",
        type=Path,
        metavar="FILE",
        help="instead of asking AWS, a saved export of the stage (aws apigateway get-export "
        "--export-type oas30 --parameters extensions=integrations,authorizers,apigateway)",
    )
    takes_origins(command)
    takes_settings(command)
    takes_api_settings(command)
    command.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="the form of the output; default: %(default)s",
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.compiler.compile import plan_contract
    from openapi_first.drift import report
    from openapi_first.drift.comparison import State, compare_deployed, compare_export
    from openapi_first.drift.control_plane import ControlPlane
    from openapi_first.drift.remedies import Stage
    from openapi_first.import_document.document import import_document
    from openapi_first.import_document.gateway_responses import gateway_statuses
    from openapi_first.openapi.loader import load

    if options.export is None and not (options.rest_api_id and options.stage):
        options.wrong_arguments("--rest-api-id and --stage are required, or --export")
    if options.export is not None and (options.rest_api_id or options.stage or options.api_name):
        options.wrong_arguments("--export excludes --rest-api-id, --stage and --api-name")
    contract = load(options.contract)
    settings = replace(chosen_settings(options, contract), api=chosen_api_settings(options))
    plans = plan_contract(contract)
    bodies = plans.gateway_bodies(gateway_statuses(), settings.errors)
    document = import_document(contract, settings, plans.lowerings, bodies)
    if options.export is not None:
        drift = compare_export(document, _saved(options.export))
        stage = Stage(None, None, None, str(options.export))
    else:
        plane = ControlPlane(region=options.region, profile=options.profile)
        deployed = plane.deployed(options.rest_api_id, options.stage)
        drift = compare_deployed(document, deployed, options.api_name)
        name = options.api_name or str(deployed.api.get("name", ""))
        given = (options.rest_api_id, options.stage, plane.region, None)
        stage = Stage(*given, name, gateway_options(options))
    write = report.as_json if options.format == "json" else report.as_text
    print(write(stage, drift))
    return 0 if drift.state is State.IN_SYNC else 1


def _saved(path: Path) -> dict[str, Any]:
    from openapi_first.drift.control_plane import DriftError

    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise DriftError(
            f"{path} is not JSON: export the stage with --accepts application/json"
        ) from error
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise DriftError(f"{path} is not an OpenAPI document: export the stage again")
    return document


def gateway_options(options: argparse.Namespace) -> tuple[str, ...]:
    """The options with which `contract gateway` writes the document that was compared."""
    valued = {
        "--security-policy": options.security_policy,
        "--endpoint-access-mode": options.security_policy and options.endpoint_access_mode,
        "--minimum-compression-size": options.minimum_compression_size,
        "--settings": options.settings,
    }
    repeated = {"--allow-origin": options.allow_origin, "--vpc-endpoint": options.vpc_endpoint}
    written = [(name, value) for name, value in valued.items() if value not in (None, "")]
    written += [(name, each) for name, values in repeated.items() for each in values or ()]
    contract = () if options.project is not None else (str(options.contract),)
    default_url = ("--no-default-url",) if options.no_default_url else ()
    return (*contract, *(str(word) for pair in written for word in pair), *default_url)
