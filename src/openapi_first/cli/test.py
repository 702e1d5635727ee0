"""`contract test`: tests a live stage against the contract."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from openapi_first.cli.options.run import takes_run_arguments
from openapi_first.cli.options.shared import Commands, print_skipped
from openapi_first.core.signals import raised_signals

if TYPE_CHECKING:
    from openapi_first.conformance.generation.task import Generator
    from openapi_first.conformance.model.run import Options, Run
    from openapi_first.openapi.model import Contract


_CONTRACTS = (".yaml", ".yml", ".json")
_HINT = (
    "the stage has ended; to repeat a request, run `contract serve` and set URL, and the other "
    "variables of the request, to what it prints"
)


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
    takes_run_arguments(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.project is not None and Path(options.url or "").suffix in _CONTRACTS:
        options.url, options.contract, options.project = None, Path(options.url), None
    if options.read_only and (options.phase or options.allow_destructive):
        options.wrong_arguments("--read-only excludes --phase and --allow-destructive")
    if options.dry_run:
        from openapi_first.conformance.reports.terminal import plan_text
        from openapi_first.conformance.session import plan

        print(plan_text(plan(_contract(options), _options(options))))
        return 0
    if options.url is None and options.api_key_id is not None:
        options.wrong_arguments("--api-key-id requires a URL: it names a key of that stage")
    with raised_signals():
        return _judged(options, _run_of(options))


def _run_of(options: argparse.Namespace) -> Run:
    """The run against the stage, or against one that starts here while the contract is read."""
    from openapi_first.cli.local_stage import local_stage, without_function
    from openapi_first.cli.stage_log import logged

    with contextlib.ExitStack() as running:
        listening = None
        if options.url is None:
            named = [] if options.project is not None else [str(options.contract)]
            named += ["--keep-going"] if options.keep_going else []
            named += ["--api-key", options.api_key] if options.api_key else []
            listening = running.enter_context(local_stage(named))
        contract = _contract(options)
        import openapi_first.conformance.session  # noqa: F401 - slow; the stage starts meanwhile
        from openapi_first.conformance.generation.separate import generating

        chosen = _options(options)
        if listening is not None and options.project is not None:
            chosen = replace(chosen, unfinished=without_function(options.project, contract))
        generator = running.enter_context(generating(contract, chosen))
        if listening is None:
            return _replay(options, contract, chosen, generator)
        stage = listening()
        run = _replay(options, contract, stage.adapted(chosen), generator)
        if not run.findings:
            return run
        kept = () if stage.log.is_absolute() else (f"the log of the stage is {stage.log}",)
        return replace(run, notes=(*run.notes, *logged(run.findings, stage.log), _HINT, *kept))


def _judged(options: argparse.Namespace, run: Run) -> int:
    from openapi_first.conformance.reports.coverage import shortfall
    from openapi_first.conformance.reports.files import write_reports
    from openapi_first.conformance.reports.json import json_report
    from openapi_first.conformance.reports.left_out import judged_too_little
    from openapi_first.conformance.reports.terminal import summary

    reports = {"coverage": options.coverage, "junit": options.junit, "html": options.html}
    unwritten = list(write_reports(run, **reports))
    for line in unwritten:
        print(line, file=sys.stderr)
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
    may_be_unfinished = options.project is not None and options.project.unfinished is not None
    too_little = judged_too_little(run, accepted=may_be_unfinished)
    if too_little is not None:
        print(f"contract: {too_little}", file=sys.stderr)
    if too_little or run.not_judged or run.ended_early is not None or unwritten:
        return 2
    if may_be_unfinished and options.url is None and not run.options.unfinished:
        line = "every operation has its function: remove `unfinished` from [tool.contract]"
        print(f"contract: {line}", file=sys.stderr)
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
        read_only=options.read_only,
        phases=frozenset(Phase(each.replace("-", " ")) for each in options.phase or ())
        or frozenset(Phase),
        timeout=options.timeout,
        wait=options.wait,
        verify=str(options.ca_bundle) if options.ca_bundle is not None else True,
    )
