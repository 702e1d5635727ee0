"""`contract test`: tests a live stage against the contract."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from openapi_first.cli.options.argument_types import (
    count,
    integer,
    origin,
    percentage,
    positive_number,
)
from openapi_first.cli.options.shared import (
    Commands,
    print_skipped,
    takes_contract,
    takes_keep_going,
)

if TYPE_CHECKING:
    from openapi_first.conformance.generation.task import Generator
    from openapi_first.conformance.model.run import Options, Run
    from openapi_first.openapi.model import Contract


_CONTRACTS = (".yaml", ".yml", ".json")


def add_test(commands: Commands) -> None:
    command = commands.add_parser(
        "test",
        help="test a live stage against the contract",
        description="Sends what the contract allows, and what it forbids, to a stage, and checks "
        "every response against the contract. Exits 0 when the stage matches the contract, 1 when "
        "it violates it, and 2 when it, or a part of it, cannot be judged. Changes only what it "
        "has created.",
        epilog="example: contract test https://abc123.execute-api.eu-west-1.amazonaws.com/prod "
        "--api-key KEY --rate 10 --burst 20 --quota 1000 --max-examples 10",
    )
    command.add_argument(
        "url",
        nargs="?",
        help="the stage, as https://…/prod; default: a stage of `contract serve` on this machine",
    )
    takes_contract(command)
    takes_keep_going(command)
    command.add_argument(
        "--api-key", default=os.environ.get("API_KEY"), metavar="KEY", help="default: $API_KEY"
    )
    command.add_argument(
        "--credential",
        action="append",
        default=[],
        metavar="SCHEME=VARIABLE",
        help="the environment variable with the credential of a security scheme that does not take "
        "the API key: a token, or what follows Basic; may be repeated",
    )
    command.add_argument(
        "--wrong-credential",
        action="append",
        default=[],
        metavar="SCHEME=VARIABLE",
        help="the same for a credential that the stage must refuse, such as an expired token",
    )
    command.add_argument(
        "--origin",
        type=origin,
        metavar="ORIGIN",
        help="send it with every request, for a stage that allows only some origins",
    )
    command.add_argument("--seed", type=integer, default=0, help="default: %(default)s")
    command.add_argument(
        "--max-examples",
        type=count,
        default=25,
        metavar="N",
        help="generated requests for each operation, besides examples and boundaries; default: "
        "%(default)s",
    )
    command.add_argument(
        "--time-limit",
        type=positive_number,
        default=60.0,
        metavar="S",
        help="seconds after which nothing more is generated; examples, life cycles and boundaries "
        "are always sent; default: %(default)g",
    )
    plan = command.add_argument_group("the usage plan of the key, whose limits are kept")
    plan.add_argument("--rate", type=positive_number, metavar="R", help="requests a second")
    plan.add_argument("--burst", type=count, metavar="N", help="requests at a time")
    plan.add_argument("--quota", type=count, metavar="N", help="requests that are left")
    plan.add_argument(
        "--api-key-id",
        metavar="ID",
        help="read the key, rate, burst and rest of the quota from API Gateway, with the "
        "credentials and region that AWS commands here find",
    )
    command.add_argument("--dry-run", action="store_true", help="list the requests, send none")
    command.add_argument(
        "--allow-destructive",
        action="store_true",
        help="also change and delete what this run has not created",
    )
    command.add_argument(
        "--phase",
        action="append",
        choices=("gateway", "example", "life-cycle", "boundary", "generated"),
        help="send only the cases of this phase; may be repeated; default: all phases",
    )
    command.add_argument("--fail-fast", action="store_true", help="stop at the first finding")
    command.add_argument(
        "--timeout",
        type=positive_number,
        default=40.0,
        metavar="S",
        help="seconds for one response; default: %(default)g",
    )
    command.add_argument(
        "--wait",
        type=positive_number,
        default=0.0,
        metavar="S",
        help="seconds to wait for a stage that has just been started; default: %(default)g",
    )
    command.add_argument("--ca-bundle", type=Path, metavar="FILE", help="certificates to trust")
    command.add_argument(
        "--coverage", type=Path, metavar="FILE", help="add what was seen to this record"
    )
    command.add_argument(
        "--cov-fail-under",
        type=percentage,
        metavar="PERCENT",
        help="fail below this coverage; what is not counted is taken as never seen",
    )
    command.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    command.add_argument("--junit", type=Path, metavar="FILE", help="also as JUnit XML, for CI")
    command.add_argument("--html", type=Path, metavar="FILE", help="also as one HTML page")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.project is not None and Path(options.url or "").suffix in _CONTRACTS:
        options.url, options.contract, options.project = None, Path(options.url), None
    if options.dry_run:
        from openapi_first.conformance.reports.terminal import plan_text
        from openapi_first.conformance.session import plan

        print(plan_text(plan(_contract(options), _options(options))))
        return 0
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return _judged(options, _run_of(options))


def _run_of(options: argparse.Namespace) -> Run:
    """The run against the stage, or against one that starts here while the contract is read."""
    with contextlib.ExitStack() as running:
        listening = None
        if options.url is None:
            from openapi_first.cli.local_stage import local_stage

            named = [] if options.project is not None else [str(options.contract)]
            named += ["--keep-going"] if options.keep_going else []
            listening = running.enter_context(local_stage(named))
        contract = _contract(options)
        import openapi_first.conformance.session  # noqa: F401 - slow; the stage starts meanwhile
        from openapi_first.conformance.generation.separate import generating

        chosen = _options(options)
        generator = running.enter_context(generating(contract, chosen))
        if listening is not None:
            chosen = listening().adapted(chosen)
        return _replay(options, contract, chosen, generator)


def _judged(options: argparse.Namespace, run: Run) -> int:
    from openapi_first.conformance.reports.coverage import shortfall
    from openapi_first.conformance.reports.json import json_report
    from openapi_first.conformance.reports.terminal import summary

    unwritten = _write(options, run)
    if options.format == "json":
        print(json.dumps(json_report(run), indent=1))
    else:
        print(summary(run))
    if not run.kept:
        return 1
    if run.not_judged:
        print(f"contract: not judged: {len(run.not_judged)} steps", file=sys.stderr)
    if run.ended_early is not None:
        print(f"contract: {run.ended_early}", file=sys.stderr)
    if run.not_judged or run.ended_early is not None or unwritten:
        return 2
    below = shortfall(run.coverage, options.cov_fail_under)
    if below is not None:
        print(below, file=sys.stderr)
        return 1
    return 0


def _contract(options: argparse.Namespace) -> Contract:
    from openapi_first.compiler.checking import check_contract
    from openapi_first.openapi.loader import load

    if not options.keep_going:
        return load(options.contract)
    checked = check_contract(options.contract, keep_going=True)
    print_skipped(checked)
    return checked.contract


def _replay(
    options: argparse.Namespace, contract: Contract, chosen: Options, generator: Generator | None
) -> Run:
    from openapi_first.conformance.reports.coverage_records import read_records, with_record
    from openapi_first.conformance.reports.progress import Progress
    from openapi_first.conformance.session import replay

    earlier = None
    if options.coverage is not None and options.coverage.exists():
        earlier = read_records([options.coverage], contract)  # before anything is sent
    progress = Progress()
    try:
        return with_record(replay(contract, chosen, progress, generator), earlier)
    finally:
        progress.finished()


def _write(options: argparse.Namespace, run: Run) -> bool:
    """Writes the reports that are asked for, and says whether one of them could not be written."""
    from openapi_first.conformance.reports.coverage_records import record_text
    from openapi_first.conformance.reports.html import html_page
    from openapi_first.conformance.reports.junit import junit_xml
    from openapi_first.core.files import replace_file

    reports = (
        (options.coverage, lambda run: record_text(run.coverage.record)),
        (options.junit, junit_xml),
        (options.html, html_page),
    )
    failed = False
    for path, report in reports:
        if path is not None:
            try:
                replace_file(path, report(run))
            except Exception as error:  # one report less is no reason to lose the others
                failed = True
                known = error.strerror if isinstance(error, OSError) else None
                reason = known or f"unexpected {type(error).__name__}: {error}"
                print(f"contract: cannot write {path}: {reason}", file=sys.stderr)
    return failed


def _options(options: argparse.Namespace) -> Options:
    from openapi_first.conformance.http.usage_plan import usage_plan
    from openapi_first.conformance.model.run import Options, Phase
    from openapi_first.conformance.requests.credentials import (
        given_credentials,
        wrong_credentials,
    )

    key, rate, burst, quota = options.api_key, options.rate, options.burst, options.quota
    if options.api_key_id is not None:
        read = usage_plan(options.api_key_id, options.url)
        key = key or read.key
        rate = read.rate if rate is None else rate
        burst = read.burst if burst is None else burst
        quota = read.left if quota is None else quota
    return Options(
        url=options.url or "http://127.0.0.1/",
        api_key=key,
        credentials=given_credentials(options.credential, os.environ),
        wrong_credentials=wrong_credentials(options.wrong_credential, os.environ),
        origin=options.origin,
        seed=options.seed,
        max_examples=options.max_examples,
        time_limit=options.time_limit,
        rate=rate,
        burst=burst,
        quota=quota,
        allow_destructive=options.allow_destructive,
        fail_fast=options.fail_fast,
        phases=frozenset(Phase(each.replace("-", " ")) for each in options.phase or ())
        or frozenset(Phase),
        timeout=options.timeout,
        wait=options.wait,
        verify=str(options.ca_bundle) if options.ca_bundle is not None else True,
    )
