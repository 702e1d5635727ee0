"""`contract lint`: reports where each constraint is enforced, and what API Gateway drops."""

from __future__ import annotations

import argparse

from openapi_first.cli.options.shared import (
    Commands,
    chosen_settings,
    print_skipped,
    takes_contract,
    takes_keep_going,
    takes_settings,
)


def add_lint(commands: Commands) -> None:
    command = commands.add_parser(
        "lint",
        help="report what API Gateway enforces, what the Lambda does, and what nobody does",
        description="Exits 1 when something is enforced nowhere or would be rejected at import, "
        "and 2 when the contract cannot be compiled. docs/lint-rules.md lists the rules.",
        epilog="example: contract lint --format sarif > lint.sarif",
    )
    takes_contract(command)
    takes_keep_going(command)
    takes_settings(command)
    command.add_argument(
        "--format",
        choices=("text", "json", "sarif", "github"),
        default="text",
        help="default: %(default)s",
    )
    command.add_argument(
        "--all", action="store_true", help="show every finding, not only those that fail"
    )
    command.add_argument(
        "--only",
        action="append",
        choices=("rejected", "nowhere", "changed", "lambda", "gateway", "note"),
        metavar="VERDICT",
        help="show only the findings with this verdict: rejected (at import), nowhere, lambda or "
        "gateway (who enforces it), changed (dropped or changed at import), or note; may be "
        "repeated (default: what fails in text, all in the other formats)",
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.compiler.checking import check_contract
    from openapi_first.documents.errors import Diagnostic
    from openapi_first.lint.findings.rendered import Rendered
    from openapi_first.lint.findings.rule import FAILING, Verdict
    from openapi_first.lint.lint import lint
    from openapi_first.lint.reports import formats as report
    from openapi_first.openapi.model import Contract

    def check_settings(contract: Contract) -> tuple[Diagnostic, ...]:
        chosen_settings(options, contract)
        return ()

    checked = check_contract(options.contract, check_settings, keep_going=options.keep_going)
    print_skipped(checked)
    settings = chosen_settings(options, checked.contract)
    findings = lint(Rendered.of(checked.contract, settings, checked.plans))
    shown = frozenset(Verdict)
    if options.only:
        shown = frozenset(each for each in Verdict if each.name.lower() in options.only)
    elif options.format == "text" and not options.all:
        shown = FAILING
    listed = [each for each in findings if each.rule.verdict in shown]
    text = {
        "text": lambda: report.as_text(findings, shown),
        "json": lambda: report.as_json(findings, shown),
        "sarif": lambda: report.as_sarif(listed),
        "github": lambda: report.as_annotations(listed),
    }[options.format]()
    if text:
        print(text)
    return 1 if any(each.rule.verdict.fails for each in findings) else 0
