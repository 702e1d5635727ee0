"""`contract drift`: says whether a deployed stage still is what the contract says."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from openapi_first.cli.arguments import (
    Commands,
    chosen_settings,
    takes_contract,
    takes_origins,
    takes_settings,
)


def add_drift(commands: Commands) -> None:
    """Adds the command to those of `contract`."""
    command = commands.add_parser(
        "drift",
        help="say whether a deployed stage still is what the contract says",
        description="Compares the contract with the API as API Gateway holds it and with what the "
        "stage serves. Exits 0 when they are in sync, 1 when the deployment is stale or was "
        "edited by hand, 2 when it cannot be told.",
        epilog="example: contract drift --rest-api-id a1b2c3d4e5 --stage prod --region eu-west-1",
    )
    takes_contract(command)
    command.add_argument("--rest-api-id", metavar="ID", help="the API's, as in its URL")
    command.add_argument("--stage", metavar="NAME", help="the stage's name")
    command.add_argument("--region", help="default: as for any AWS command")
    command.add_argument("--profile", help="of the AWS configuration; default: as for any")
    command.add_argument(
        "--export",
        type=Path,
        metavar="FILE",
        help="a saved export of the stage (aws apigateway get-export --export-type oas30 "
        "--parameters extensions=integrations,authorizers,apigateway), instead of asking AWS",
    )
    takes_origins(command)
    takes_settings(command)
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.set_defaults(run=_run, usage_error=command.error)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.drift import report
    from openapi_first.drift.comparison import State, compare_deployed, compare_export
    from openapi_first.drift.control_plane import ControlPlane, DriftError
    from openapi_first.import_document.document import import_document
    from openapi_first.openapi.errors import ContractError
    from openapi_first.openapi.loader import load

    if options.export is None and not (options.rest_api_id and options.stage):
        options.usage_error("--rest-api-id and --stage are needed, or --export")
    if options.export is not None and (options.rest_api_id or options.stage):
        options.usage_error("--export stands alone, without --rest-api-id and --stage")
    try:
        contract = load(options.contract)
        document = import_document(contract, chosen_settings(options, contract))
        if options.export is not None:
            drift = compare_export(document, _saved(options.export))
            stage = report.Stage(None, None, None, str(options.export))
        else:
            plane = ControlPlane(region=options.region, profile=options.profile)
            deployed = plane.deployed(options.rest_api_id, options.stage)
            drift = compare_deployed(document, deployed)
            stage = report.Stage(options.rest_api_id, options.stage, plane.region, None)
    except (ContractError, DriftError) as error:
        print(error if isinstance(error, ContractError) else f"contract: {error}", file=sys.stderr)
        return 2
    write = report.as_json if options.format == "json" else report.as_text
    print(write(stage, drift))
    return 0 if drift.state is State.IN_SYNC else 1


def _saved(path: Path) -> dict[str, Any]:
    from openapi_first.drift.control_plane import DriftError

    try:
        document = json.loads(path.read_bytes())
    except ValueError as error:
        raise DriftError(f"{path} is no JSON: export with --accepts application/json") from error
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise DriftError(f"{path} is no OpenAPI document")
    return document
