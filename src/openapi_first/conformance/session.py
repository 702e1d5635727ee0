"""A run from its first request to its cleanup."""

from __future__ import annotations

import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from openapi_first.conformance.cases.boundaries import edge_cases
from openapi_first.conformance.cases.examples import example_cases
from openapi_first.conformance.cases.ownership import may_be_sent
from openapi_first.conformance.http.client import Client
from openapi_first.conformance.http.probe import checked_url, probe
from openapi_first.conformance.judging.coverage_points import promised_points, unprovoked_points
from openapi_first.conformance.judging.ledger import Ledger
from openapi_first.conformance.judging.promises import promises
from openapi_first.conformance.judging.request_reader import operation_readers
from openapi_first.conformance.model.coverage import Coverage, CoverageRecord
from openapi_first.conformance.model.errors import CannotJudge, ConnectionLost, StopAtFinding
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.resources import resources_of
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
from openapi_first.conformance.phases.generated import generated_phase
from openapi_first.conformance.phases.life_cycle import LifeCycle
from openapi_first.conformance.phases.shrinking import REQUESTS as SHRINKING_REQUESTS
from openapi_first.conformance.phases.shrinking import shrink_phase
from openapi_first.conformance.phases.steps import Steps
from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.conformance.requests.request_builder import Builder
from openapi_first.conformance.requests.request_schemas import SchemaReader
from openapi_first.openapi.links import links_of
from openapi_first.openapi.model import Contract

_LIFE_CYCLE_REQUESTS = 120
_GATEWAY_REQUESTS = 4
_WALKS = 3


@dataclass
class _Prepared:
    """What a contract gives before anything is sent."""

    contract: Contract
    options: Options

    def __post_init__(self) -> None:
        contract, options = self.contract, self.options
        self.dice = random.Random(options.seed)  # noqa: S311
        self.schemas = SchemaReader(contract.openapi)
        self.credentials = Credentials(contract, options.credentials)
        self.resources = resources_of(contract)
        self.withheld: Counter[str | None] = Counter()
        self.builder = Builder(self.schemas, self.credentials, self.resources, self.dice)
        self.readers = operation_readers(contract, self.schemas)

    def cases(self) -> tuple[Case, ...]:
        """The cases known beforehand, examples first."""
        found: list[Case] = []
        for operation in self.contract.operations:
            resource = next((each for each in self.resources if each.path == operation.path), None)
            reader = self.readers[operation.id]
            found += example_cases(operation, self.builder, reader, resource)
        for operation in self.contract.operations:
            reader = self.readers[operation.id]
            found += edge_cases(operation, self.builder, reader, self.schemas, self.dice)
        kept = tuple(case for case in found if self._may_be_sent(case))
        sent = Counter(case.operation for case in kept)
        self.withheld = Counter(case.operation for case in found) - sent
        return kept

    def _may_be_sent(self, case: Case) -> bool:
        operation = next(each for each in self.contract.operations if each.id == case.operation)
        return self.options.allow_destructive or may_be_sent(operation, case.request, self.readers)


def plan(contract: Contract, options: Options) -> Plan:
    """What a run would send. Raises ContractError."""
    prepared = _Prepared(contract, options)
    return _planned(prepared, prepared.cases())


def _planned(prepared: _Prepared, cases: tuple[Case, ...]) -> Plan:
    operations = prepared.contract.operations
    more = len(operations) * (_GATEWAY_REQUESTS + prepared.options.max_examples)
    more += len(prepared.resources) * _LIFE_CYCLE_REQUESTS
    if prepared.options.max_examples:
        more += SHRINKING_REQUESTS
    creators = {resource.create.id for resource in prepared.resources}
    more += sum(1 for case in cases if case.operation in creators)  # to be removed again
    return Plan(cases, more)


def replay(contract: Contract, options: Options, listener: Listener | None = None) -> Run:
    """Replays the contract against a stage. Ctrl-C ends it early, cleaned up, and so does a stage
    that can no longer be judged: what was found until then is kept.

    Raises CannotJudge when the stage cannot be judged at all, ContractError when the contract
    cannot be read.
    """
    return _Session(contract, options, listener or SilentListener()).run()


class _Session:
    def __init__(self, contract: Contract, options: Options, listener: Listener) -> None:
        self._url = checked_url(options.url)
        self._prepared = prepared = _Prepared(contract, options)
        self._listener = listener
        self._client = Client(options, listener.noted)
        ledger = Ledger(promises(contract), listener.found, fail_fast=options.fail_fast)
        self._talk = Conversation(
            contract,
            options,
            self._client,
            ledger,
            prepared.readers,
            prepared.resources,
            listener,
        )
        self._generated_requests: dict[tuple[str, str], Request] = {}
        self._steps = Steps(
            self._talk,
            prepared.builder,
            prepared.schemas,
            prepared.readers,
            prepared.resources,
            prepared.dice,
        )

    def run(self) -> Run:
        prepared, options, talk = self._prepared, self._prepared.options, self._talk
        cases = prepared.cases()
        planned = _planned(prepared, cases)
        self._listener.planned(planned)
        for operation, count in prepared.withheld.items():
            talk.notes[
                f"{operation}: {count} requests left out, since they might change what this run "
                "has not made (--allow-destructive sends them)"
            ] += 1
        if options.quota is not None and planned.total > options.quota:
            raise CannotJudge(
                f"the run may take {planned.total} requests, and the quota leaves {options.quota}: "
                "lower --max-examples, or use another key"
            )
        talk.total = planned.total
        started, clock = time.time(), time.monotonic()
        ended_early = None
        try:
            probe(prepared.contract, options, self._client, prepared.builder, prepared.credentials)
            try:
                with contextlib.suppress(StopAtFinding):
                    self._phases(cases, clock + options.time_limit)
                self._shrink(planned)
            except KeyboardInterrupt:
                ended_early = "interrupted"
            except CannotJudge as error:
                ended_early = str(error)
            finally:
                self._listener.phase(Phase.CLEANUP)
                clean_up(talk, prepared.builder)
        finally:
            self._client.close()
        return self._finished(started, time.monotonic() - clock, ended_early)

    def _phases(self, cases: tuple[Case, ...], deadline: float) -> None:
        prepared = self._prepared
        for phase, send in (
            (Phase.GATEWAY, self._gateway),
            (Phase.EXAMPLE, lambda: self._send_all(cases, Phase.EXAMPLE)),
            (Phase.LIFE_CYCLE, self._life_cycles),
            (Phase.BOUNDARY, lambda: self._send_all(cases, Phase.BOUNDARY)),
            (Phase.GENERATED, lambda: self._generated(deadline)),
        ):
            if phase in prepared.options.phases:
                self._listener.phase(phase)
                send()

    def _shrink(self, planned: Plan) -> None:
        prepared = self._prepared
        shrink_phase(
            prepared.contract,
            prepared.options,
            self._steps,
            prepared.readers,
            self._generated_requests,
            planned.total,
        )

    def _gateway(self) -> None:
        prepared = self._prepared
        gateway_phase(prepared.contract, self._steps, prepared.credentials, prepared.options.origin)

    def _life_cycles(self) -> None:
        links = links_of(self._prepared.contract)
        for resource in self._prepared.resources:
            life = LifeCycle(self._steps, resource, links, self._url)
            self._again_when_lost(life.walk)

    def _generated(self, deadline: float) -> None:
        prepared = self._prepared
        generated_phase(
            prepared.contract,
            prepared.options,
            self._steps,
            prepared.readers,
            prepared.credentials,
            self._send,
            deadline,
            self._generated_requests,
        )

    def _send_all(self, cases: tuple[Case, ...], phase: Phase) -> None:
        self._send([case for case in cases if case.phase is phase])

    def _send(self, cases: list[Case]) -> None:
        by_id = {operation.id: operation for operation in self._prepared.contract.operations}
        for case in cases:
            operation = by_id[case.operation or ""]
            owner = self._steps.owner(operation.path)
            try:
                thing = self._steps.subject(owner) if owner is not None else None
                exchange = self._talk.send(case, thing)
            except ConnectionLost:
                continue  # noted by then; the other cases go on
            if case.phase is Phase.EXAMPLE:
                status = exchange.response.status
                expected = not case.expects or status in case.expects
                wanted = ", ".join(map(str, sorted(case.expects)))
                detail = None if expected else f"{case.title} is answered {status}, not {wanted}"
                self._talk.ledger.hold(operation.id, "example", detail, exchange)
            writes = any(
                operation in (each.create, each.update, each.patch)
                for each in self._prepared.resources
            )
            if writes and exchange.response.status < 300:
                self._steps.echoed(operation, exchange)

    def _again_when_lost(self, walk: Callable[[], None]) -> None:
        """A walk whose connection was lost midway begins anew."""
        for attempt in range(_WALKS):
            try:
                walk()
                return
            except ConnectionLost:
                if attempt + 1 == _WALKS:
                    raise CannotJudge(
                        f"connections to {self._url} are lost again and again"
                    ) from None

    def _finished(self, started: float, seconds: float, ended_early: str | None) -> Run:
        contract, talk = self._prepared.contract, self._talk
        promised = promised_points(contract, self._prepared.readers)
        record = CoverageRecord(contract.title, contract.version, talk.seen)
        return Run(
            contract=Path(contract.root.source.path),
            title=contract.title,
            version=contract.version,
            options=self._prepared.options,
            started=started,
            seconds=seconds,
            requests=self._client.sent,
            resets=self._client.resets,
            throttled=self._client.throttled,
            verdicts=talk.ledger.verdicts(),
            coverage=Coverage(promised, unprovoked_points(contract, promised), record),
            durations={name: tuple(each) for name, each in talk.durations.items()},
            notes=tuple(
                f"{line} ({count} times)" if count > 1 else line
                for line, count in talk.notes.items()
            ),
            ended_early=ended_early,
        )
