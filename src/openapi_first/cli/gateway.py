"""`contract gateway`: writes the document that API Gateway imports."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from openapi_first.cli.options import argument_types
from openapi_first.cli.options.api_settings import chosen_api_settings, takes_api_settings
from openapi_first.cli.options.shared import (
    Commands,
    chosen_settings,
    print_skipped,
    takes_contract,
    takes_keep_going,
    takes_origins,
    takes_settings,
)
from openapi_first.core.terminal_text import visible

if TYPE_CHECKING:
    from openapi_first.import_document.settings import GatewaySettings
    from openapi_first.openapi.model import Contract

_written = json.JSONEncoder(ensure_ascii=False).encode
_text = cache(_written)  # most strings of a document are in it many times


def add_gateway(commands: Commands) -> None:
    command = commands.add_parser(
        "gateway",
        help="write the document that API Gateway imports",
        description="Exits 1 and writes nothing when API Gateway would refuse the document or "
        "a quota does not allow it, or "
        "when nobody would enforce the security that an operation asks for.",
        epilog="example: contract gateway -o build/openapi.gateway.json",
    )
    takes_contract(command)
    takes_keep_going(command)
    command.add_argument(
        "-o",
        "--output",
        type=argument_types.output,
        help="the file to write; default: standard output",
    )
    command.add_argument(
        "--format",
        choices=("json", "yaml"),
        default="json",
        help="the form of the output; default: %(default)s",
    )
    takes_origins(command)
    takes_settings(command)
    takes_api_settings(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.compiler.checking import check_contract
    from openapi_first.core.files import replace_file
    from openapi_first.documents.errors import NotImportable
    from openapi_first.import_document.document import refusals
    from openapi_first.lint.findings.rendered import Rendered
    from openapi_first.lint.findings.rule import FAILING
    from openapi_first.lint.lint import lint
    from openapi_first.lint.quotas import IMPORTED
    from openapi_first.lint.reports.formats import as_text

    def settings_of(contract: Contract) -> GatewaySettings:
        return replace(chosen_settings(options, contract), api=chosen_api_settings(options))

    try:
        checked = check_contract(
            options.contract,
            lambda contract: refusals(contract, settings_of(contract)),
            keep_going=options.keep_going,
        )
    except NotImportable as refusal:
        print(visible(str(refusal)), file=sys.stderr)
        return 1
    print_skipped(checked)
    settings = settings_of(checked.contract)
    rendered = Rendered.of(checked.contract, settings, checked.plans)
    findings = lint(rendered)
    if refused := [each for each in findings if each.rule in IMPORTED]:
        print(as_text(refused, FAILING), file=sys.stderr)
        return 1
    if options.format == "yaml":
        import yaml

        # CloudFormation reads no aliases (AWS: template-formats), which shared values would become.
        document = json.loads(json.dumps(rendered.document))
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
    else:
        text = indented_json(rendered.document) + "\n"
    failing = [each for each in findings if each.rule.verdict.fails]
    if failing:
        print(as_text(failing, FAILING), file=sys.stderr)
    if options.output is None:
        print(text, end="")
    else:
        replace_file(options.output, text)
        print(f"{options.output}: {len(text.encode())} bytes")
    return 0


def indented_json(value: Any, line: str = "\n") -> str:
    """As `json.dumps(value, indent=2, ensure_ascii=False)`, in about half the time.

    The names of all objects have to be strings. `line` starts the lines of the value.
    """
    below = f"{line}  "
    if isinstance(value, dict) and value:
        members = [f"{_text(name)}: {_item(each, below)}" for name, each in value.items()]
        return "{" + below + f",{below}".join(members) + line + "}"
    if isinstance(value, list) and value:
        items = [_item(each, below) for each in value]
        return "[" + below + f",{below}".join(items) + line + "]"
    return _written(value)


def _item(value: Any, line: str) -> str:
    if isinstance(value, str):
        return _text(value)
    return indented_json(value, line) if isinstance(value, dict | list) else _written(value)
