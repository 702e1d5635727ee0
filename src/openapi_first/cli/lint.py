"""`contract lint`: reports where each constraint is enforced, and what API Gateway drops."""

from __future__ import annotations

import argparse
import sys

from openapi_first.cli.options.shared import (
    Commands,
    chosen_project,
    chosen_settings,
    chosen_settings_file,
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
        "and 2 when the contract cannot be compiled. `accepted_findings` in [tool.contract] has "
        "rules whose findings are accepted. docs/lint-rules.md lists the rules.",
        epilog="example: contract lint --format sarif > lint.sarif",
    )
    takes_contract(command)
    takes_keep_going(command)
    takes_settings(command)
    command.add_argument(
        "--format",
        choices=("text", "json", "sarif", "github"),
        default="text",
        help="the form of the output; default: %(default)s",
    )
    command.add_argument(
        "--all",
        action="store_true",
        help="show every finding, not only errors and warnings",
    )
    command.add_argument(
        "--only",
        action="append",
        choices=("rejected", "nowhere", "changed", "lambda", "gateway", "limited", "note"),
        metavar="VERDICT",
        help="show only the findings with this verdict: rejected (at import), nowhere, lambda or "
        "gateway (who enforces it), changed (dropped or changed at import), limited (checked "
        "within a time limit), or note; may be repeated (default: in text what fails and what is "
        "limited, all in the other formats)",
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.compiler.checking import check_contract
    from openapi_first.documents.errors import Diagnostic, SettingsError
    from openapi_first.lint.findings.accepted import acceptance_problems, unused
    from openapi_first.lint.findings.rendered import Rendered
    from openapi_first.lint.findings.rule import WARNED_OF, Verdict
    from openapi_first.lint.lint import RULES, lint
    from openapi_first.lint.reports import formats as report
    from openapi_first.openapi.model import Contract

    def check_settings(contract: Contract) -> tuple[Diagnostic, ...]:
        chosen_settings(options, contract)
        return ()

    checked = check_contract(options.contract, check_settings, keep_going=options.keep_going)
    print_skipped(checked)
    settings = chosen_settings(options, checked.contract)
    accepted = chosen_project(options).accepted_findings
    if problems := list(acceptance_problems(accepted, RULES.values())):
        raise SettingsError(chosen_settings_file(options), problems)
    findings = lint(Rendered.of(checked.contract, settings, checked.plans))
    shown = frozenset(Verdict)
    if options.only:
        shown = frozenset(each for each in Verdict if each.name.lower() in options.only)
    elif options.format == "text" and not options.all:
        shown = WARNED_OF
    judged = tuple(each for each in findings if each.rule.id not in accepted)
    reported = findings if options.all else judged
    listed = [each for each in reported if each.rule.verdict in shown]
    text = {
        "text": lambda: report.as_text(reported, shown),
        "json": lambda: report.as_json(reported, shown),
        "sarif": lambda: report.as_sarif(listed),
        "github": lambda: report.as_annotations(listed),
    }[options.format]()
    if text:
        print(text)
    if count := len(findings) - len(judged):
        rules = ", ".join(accepted)
        print(
            f"{count} accepted, by accepted_findings in [tool.contract]: {rules}", file=sys.stderr
        )
    if stale := unused(accepted, findings):
        line = "not found any more: remove it from accepted_findings in [tool.contract]"
        print(f"{', '.join(stale)}: {line}", file=sys.stderr)
    return 1 if any(each.rule.verdict.fails for each in judged) else 0
