"""The data of contract tests: promises, cases, exchanges, findings, and the run they belong to.

This is all that planning, sending, judging and reporting share.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Protocol

from openapi_first.conformance.model.coverage import Coverage
from openapi_first.conformance.model.given_credentials import Credential, WrongCredential
from openapi_first.conformance.model.messages import API_KEY, Request, Response
from openapi_first.conformance.model.not_judged import NotJudged
from openapi_first.documents.node import Place


class Phase(Enum):
    """The phases of a run, in the order in which they send their cases."""

    GATEWAY = "gateway"
    EXAMPLE = "example"
    LIFE_CYCLE = "life cycle"
    BOUNDARY = "boundary"
    GENERATED = "generated"
    CLEANUP = "cleanup"


class Expectation(Enum):
    """Whether a request matches the contract, violates it, or nothing follows from the contract."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that the contract promises of one operation; `check` is the id of the check that
    judges it. `operation` is an operationId, "" for the whole API."""

    operation: str
    check: str
    text: str
    place: Place

    @property
    def id(self) -> str:
        """The name in tests and reports, such as `getItem-status`."""
        return f"{self.operation or 'api'}-{self.check}"


@dataclass(frozen=True, slots=True)
class Case:
    """A planned request and why it is sent.

    `operation` is an operationId, None for a request that the contract does not describe. `expects`
    are the statuses that the contract's example allows, none if only `expectation` counts. `place`
    is the part of the contract that the case tests.
    """

    title: str
    phase: Phase
    operation: str | None
    request: Request
    expectation: Expectation = Expectation.OPEN
    expects: frozenset[int] = frozenset()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that was sent and its response. `started` is in seconds since the epoch, `seconds`
    is the duration of the last attempt, `resets` counts earlier attempts that lost their
    connection. `curl` is a shell command that repeats the request; it reads $API_KEY."""

    number: int
    case: Case
    response: Response
    started: float
    seconds: float
    resets: int = 0
    curl: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken promise: `detail` says how, `exchange` shows it. `part` is the part of the contract
    that was violated, if it is narrower than the promise's; `reference` is where the operation
    refers to it, if it is shared."""

    promise: Promise
    detail: str
    exchange: Exchange
    part: Place | None = None
    reference: Place | None = None

    @property
    def place(self) -> Place:
        """The part of the contract that was violated."""
        return self.part or self.promise.place

    @property
    def curl(self) -> str:
        """A shell command that reproduces it."""
        return self.exchange.curl


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for one promise: how often it was judged, and what broke it. A promise that was
    never judged was not checked."""

    promise: Promise
    judged: int
    findings: tuple[Finding, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether it was judged at least once and never broken."""
        return self.judged > 0 and not self.findings


@dataclass(frozen=True, slots=True)
class Options:
    """How to run. `credentials` are for security schemes that do not take `api_key`, and
    `wrong_credentials` have to be refused. `origin` is sent with every request; the stage must
    allow it. `rate` (requests per second), `burst` and `quota` (requests) are the usage plan's
    limits, None if unlimited. `time_limit`, `timeout` (for one response) and `wait` (for a stage
    that starts) are in seconds. `max_examples` is the number of generated cases per operation, in
    addition to boundaries and examples. `read_only` sends only the examples of safe operations, for
    a stage in production. `unfinished` are the operationIds of operations that have no function
    yet: only how they refuse requests is judged."""

    url: str
    api_key: str | None = field(default=None, repr=False)
    seed: int = 0
    max_examples: int = 25
    time_limit: float = 60.0
    rate: float | None = None
    burst: int | None = None
    quota: int | None = None
    allow_destructive: bool = False
    read_only: bool = False
    fail_fast: bool = False
    phases: frozenset[Phase] = frozenset(Phase)
    timeout: float = 40.0
    wait: float = 0.0
    verify: bool | str = True
    credentials: tuple[Credential, ...] = ()
    origin: str | None = None
    wrong_credentials: tuple[WrongCredential, ...] = ()
    ends_with_run: bool = False
    """Whether the stage ends with the run, so that its URL means nothing in a report."""
    unfinished: tuple[str, ...] = ()

    @property
    def chosen_phases(self) -> frozenset[Phase]:
        """The phases that the run has."""
        return frozenset({Phase.EXAMPLE}) if self.read_only else self.phases

    @property
    def secrets(self) -> dict[str, str]:
        """The credentials by placeholder."""
        credentials = (*self.credentials, *self.wrong_credentials)
        given = {each.placeholder: each.value for each in credentials}
        return {API_KEY: self.api_key, **given} if self.api_key else given


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will send: `cases` are known in advance; `more` is the maximum number of requests
    that depend on responses (life cycles, generated sequences, cleanup). `not_judged` is what no
    request could be made up for."""

    cases: tuple[Case, ...]
    more: int
    not_judged: tuple[NotJudged, ...] = ()

    @property
    def total(self) -> int:
        """The maximum number of requests that the run takes from a quota."""
        return len(self.cases) + self.more


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: everything that a report needs.

    There is one verdict per promise, in the contract's order. `contract_hash` is the SHA-256 over
    all files of the contract, `versions` are those of the engine and its libraries. `labels` are
    method and path by operationId. `durations` are the seconds of each
    exchange by operationId. `notes` are lines for the user: what was sent again, could not be
    removed, or was left out. `not_judged` are the steps that could not be judged. `ended_early` is
    the reason why not everything was sent: Ctrl-C, or a stage that could no longer be judged.
    """

    contract: Path
    title: str
    version: str
    options: Options
    started: float
    seconds: float
    requests: int
    resets: int
    throttled: int
    verdicts: tuple[Verdict, ...]
    coverage: Coverage
    durations: dict[str, tuple[float, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    ended_early: str | None = None
    contract_hash: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def date(self) -> str:
        """When it started, in ISO 8601 with the offset of UTC."""
        return datetime.fromtimestamp(self.started, UTC).isoformat(timespec="seconds")

    def label(self, operation: str) -> str:
        """Method and path of an operationId; "the API" for ""."""
        return self.labels.get(operation, operation) or "the API"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, in the contract's order."""
        return tuple(finding for verdict in self.verdicts for finding in verdict.findings)

    @property
    def kept(self) -> bool:
        """Whether no promise was broken."""
        return not self.findings


class Listener(Protocol):
    """Follows a run."""

    def planned(self, plan: Plan, /) -> None:
        """Called before the first request."""

    def phase(self, phase: Phase, /) -> None:
        """A phase begins."""

    def exchanged(self, exchange: Exchange, total: int, /) -> None:
        """A response has arrived; `total` is the estimated number of requests of the run."""

    def found(self, finding: Finding, /) -> None:
        """A promise was broken."""

    def noted(self, line: str, /) -> None:
        """A line for the user, such as a pause for a rate limit."""


class SilentListener:
    """A listener that ignores everything."""

    def planned(self, plan: Plan) -> None:
        pass

    def phase(self, phase: Phase) -> None:
        pass

    def exchanged(self, exchange: Exchange, total: int) -> None:
        pass

    def found(self, finding: Finding) -> None:
        pass

    def noted(self, line: str) -> None:
        pass
