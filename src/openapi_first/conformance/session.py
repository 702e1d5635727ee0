"""A run from its first request to its cleanup."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import starmap
from pathlib import Path

from openapi_first.conformance.cases.reading_cases import SAFE
from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.coverage.contract_coverage import ContractCoverage
from openapi_first.conformance.generation.task import Generator
from openapi_first.conformance.http.client import Client
from openapi_first.conformance.judging.checks import undeclared_answer
from openapi_first.conformance.judging.ledger import Ledger
from openapi_first.conformance.judging.promises import promises
from openapi_first.conformance.judging.unjudged import Unjudged
from openapi_first.conformance.life_cycle.browsing import Browsing
from openapi_first.conformance.life_cycle.life_cycle import LifeCycle
from openapi_first.conformance.life_cycle.singletons import SingletonLife
from openapi_first.conformance.model.coverage import CoverageRecord, Point
from openapi_first.conformance.model.errors import CannotJudge, ConnectionLost, StopAtFinding
from openapi_first.conformance.model.judged_operations import judged, not_judged, unfinished_line
from openapi_first.conformance.model.run import (
    Case,
    Listener,
    Options,
    Phase,
    Plan,
    Run,
    SilentListener,
)
from openapi_first.conformance.phases.cleanup import clean_up
from openapi_first.conformance.phases.conversation import Conversation
from openapi_first.conformance.phases.gateway import gateway_phase
from openapi_first.conformance.phases.generated import GeneratedPhase
from openapi_first.conformance.phases.planned_cases import plan_cases, send_cases
from openapi_first.conformance.phases.probe import MOST_REQUESTS as PROBE_REQUESTS
from openapi_first.conformance.phases.probe import checked_url, probe, wait_for_stage
from openapi_first.conformance.phases.shrinking import REQUESTS as SHRINKING_REQUESTS
from openapi_first.conformance.phases.shrinking import shrink_phase
from openapi_first.conformance.phases.steps import Steps
from openapi_first.conformance.requests.credentials import check_sendable
from openapi_first.conformance.versions import versions
from openapi_first.openapi.links import links_of
from openapi_first.openapi.model import Contract, contract_hash

_LIFE_CYCLE_REQUESTS = 120
_SINGLETON_REQUESTS = 50
_PAGING_REQUESTS = 100
_GATEWAY_REQUESTS = 4
_ATTEMPTS = 3


def plan(contract: Contract, options: Options) -> Plan:
    """What a run would send. Raises ContractError."""
    setup, unjudged = Setup.of(judged(contract), options), Unjudged(options.secrets)
    cases, _ = plan_cases(setup, unjudged)
    return replace(_plan(setup, cases), not_judged=unjudged.found())


def replay(
    contract: Contract,
    options: Options,
    listener: Listener | None = None,
    generator: Generator | None = None,
) -> Run:
    """Runs the contract tests against a stage. Ctrl-C, or a stage that can no longer be judged,
    ends the run early: it cleans up and keeps its findings. `generator` has the task of the same
    contract and options; without one, this process generates.

    Raises CannotJudge if the stage cannot be judged at all, ContractError if the contract cannot be
    read.
    """
    check_sendable(options)
    return _Session(contract, options, listener or SilentListener(), generator).run()


def _plan(setup: Setup, cases: tuple[Case, ...]) -> Plan:
    options = setup.options
    if options.read_only:
        return Plan(cases, PROBE_REQUESTS)
    more = len(setup.contract.operations) * (_GATEWAY_REQUESTS + options.max_examples)
    paged = sum(1 for each in setup.resources if each.listing and each.listing.pager)
    paged += len(setup.collections)
    more += len(setup.resources) * _LIFE_CYCLE_REQUESTS + paged * _PAGING_REQUESTS
    more += len(setup.singletons) * _SINGLETON_REQUESTS
    more += sum(each.is_put for each in setup.resources) * _SINGLETON_REQUESTS  # reads before them
    if options.max_examples:
        more += SHRINKING_REQUESTS
    creators = {resource.create.id for resource in setup.resources}
    more += sum(1 for case in cases if case.operation in creators)  # the cleanup
    return Plan(cases, more)


class _Session:
    def __init__(
        self,
        contract: Contract,
        options: Options,
        listener: Listener,
        generator: Generator | None,
    ) -> None:
        self._url = checked_url(options.url)
        self._not_judged, self._whole = tuple(not_judged(contract)), contract
        contract = judged(contract)
        if not contract.operations:
            raise CannotJudge("there is nothing to judge: " + "; ".join(self._not_judged))
        self._setup = Setup.of(contract, options)
        self._listener = listener
        self._generator = generator
        self._client = Client(options, listener.noted)
        self._coverage = ContractCoverage.of(self._whole, self._setup.readers)
        self._unjudged = Unjudged(options.secrets)
        self._ledger = Ledger(
            promises(contract, options.unfinished),
            listener.found,
            self._unpromised,
            fail_fast=options.fail_fast,
        )
        self._conversation = Conversation(
            self._setup, self._client, self._ledger, self._unjudged, listener
        )
        self._steps = Steps(self._setup, self._conversation)

    def run(self) -> Run:
        setup, options, conversation = self._setup, self._setup.options, self._conversation
        cases, left_out = plan_cases(setup, self._unjudged)
        planned = _plan(setup, cases)
        self._listener.planned(planned)
        conversation.notes.update(self._not_judged)
        if options.unfinished:
            conversation.notes[unfinished_line(options.unfinished)] += 1
        if options.read_only:
            writing = sum(each.method not in SAFE for each in setup.contract.operations)
            conversation.notes[
                f"read-only: {writing} operations that may write are not called"
            ] += 1
        for operation, count in left_out.items():
            conversation.notes[
                f"{operation}: {count} requests left out, since they could change what this run "
                "has not created (--allow-destructive sends them)"
            ] += 1
        if options.quota is not None and planned.total > options.quota:
            raise CannotJudge(
                f"the run may take {planned.total} requests, but only {options.quota} are left of "
                "the quota: lower --max-examples, or use another key"
            )
        conversation.total = planned.total
        wait_for_stage(options, self._client.interrupts.sleep)
        started, clock = time.time(), time.monotonic()
        ended_early = None
        try:
            with self._unjudged.step("", "probe"):
                probe(setup, self._client)
            generated = GeneratedPhase(self._steps, clock + options.time_limit, self._generator)
            try:
                with contextlib.suppress(StopAtFinding):
                    self._phases(cases, generated)
                shrink_phase(self._steps, generated.requests, planned.total)
            except KeyboardInterrupt:
                ended_early = "interrupted"
            except CannotJudge as error:
                ended_early = str(error)
            finally:
                self._listener.phase(Phase.CLEANUP)
                clean_up(self._steps)
        finally:
            self._client.close()
        return self._finished(started, time.monotonic() - clock, ended_early)

    def _phases(self, cases: tuple[Case, ...], generated: GeneratedPhase) -> None:
        phases: tuple[tuple[Phase, Callable[[], None]], ...] = (
            (Phase.GATEWAY, lambda: self._repeat_if_lost(lambda: gateway_phase(self._steps))),
            (Phase.EXAMPLE, lambda: self._send(cases, Phase.EXAMPLE)),
            (Phase.LIFE_CYCLE, self._life_cycles),
            (Phase.BOUNDARY, lambda: self._send(cases, Phase.BOUNDARY)),
            (Phase.GENERATED, generated.run),
        )
        for phase, send in phases:
            if phase in self._setup.options.chosen_phases:
                self._listener.phase(phase)
                with self._unjudged.step("", phase.value):
                    send()

    def _send(self, cases: tuple[Case, ...], phase: Phase) -> None:
        send_cases(self._steps, [case for case in cases if case.phase is phase])

    def _life_cycles(self) -> None:
        links = links_of(self._setup.finished)
        self._conversation.notes.update(gap.note for gap in self._setup.gaps)
        for resource in self._setup.resources:
            with self._unjudged.step(resource.create.id, Phase.LIFE_CYCLE.value):
                life_cycle = LifeCycle(self._steps, resource, links, self._url)
                self._repeat_if_lost(life_cycle.walk)
        for singleton in self._setup.singletons:
            with self._unjudged.step(singleton.create.id, Phase.LIFE_CYCLE.value):
                self._repeat_if_lost(SingletonLife(self._steps, singleton, links).walk)
        for collection in self._setup.collections:
            with self._unjudged.step(collection.listing.operation.id, Phase.LIFE_CYCLE.value):
                self._repeat_if_lost(Browsing(self._steps, collection).walk)

    def _repeat_if_lost(self, walk: Callable[[], None]) -> None:
        """Raises ConnectionLost if the last attempt loses its connection, too; CannotJudge if
        nothing else gets a response either."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return walk()
            except ConnectionLost:
                if attempt == _ATTEMPTS:
                    if not self._client.responds():
                        raise CannotJudge(f"connections to {self._url} keep failing") from None
                    raise

    def _unpromised(self, operation: str, check: str) -> None:
        reason = "the check is not registered for the operation, an error of contract tests; "
        self._unjudged.record(operation, check, reason + "please report it")

    def _finished(self, started: float, seconds: float, ended_early: str | None) -> Run:
        contract, conversation = self._setup.contract, self._conversation
        verdicts, operations = self._ledger.verdicts(), self._setup.operations
        for verdict in verdicts:
            promise = verdict.promise
            name = operations[promise.operation].label if promise.operation else "*"
            conversation.seen[Point(name, "promise", promise.check)] += verdict.judged
        record = CoverageRecord(contract.title, contract.version, conversation.seen)
        coverage = self._coverage.compared(record)
        return Run(
            contract=Path(contract.root.source.path),
            title=contract.title,
            version=contract.version,
            options=self._setup.options,
            started=started,
            seconds=seconds,
            requests=self._client.sent,
            resets=self._client.resets,
            throttled=self._client.throttled,
            verdicts=verdicts,
            coverage=coverage,
            durations={name: tuple(each) for name, each in conversation.durations.items()},
            notes=(
                *(
                    f"{line} ({count} times)" if count > 1 else line
                    for line, count in conversation.notes.items()
                ),
                *starmap(undeclared_answer, sorted(conversation.undeclared.items())),
            ),
            not_judged=self._unjudged.found(),
            ended_early=ended_early,
            contract_hash=contract_hash(self._whole),
            versions=versions(),
            labels={each.id: each.label for each in contract.operations},
        )
