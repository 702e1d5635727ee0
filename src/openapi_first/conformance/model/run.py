"""What contract tests are about: promises, cases, exchanges, findings, and the run that holds them.

Data alone. Whoever plans, sends, judges or reports shares these and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol

from openapi_first.conformance.model.coverage import Coverage, Point
from openapi_first.conformance.model.messages import API_KEY, Request, Response
from openapi_first.openapi.node import Place


class Phase(Enum):
    """What a case was made from, in the order in which cases are sent."""

    PREFLIGHT = "preflight"
    EXAMPLE = "example"
    LIFE_CYCLE = "life cycle"
    GATEWAY = "gateway"
    BOUNDARY = "boundary"
    GENERATED = "generated"
    CLEANUP = "cleanup"


class Expectation(Enum):
    """What the contract says of a request: it keeps the contract, breaks it, or either."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing the contract says of one operation; `check` is the id of who looks at it.

    `operation` is an operationId, "" for the API as a whole.
    """

    operation: str
    check: str
    text: str
    place: Place

    @property
    def id(self) -> str:
        """A name for tests and reports: `getItem-status`."""
        return f"{self.operation or 'api'}-{self.check}"


@dataclass(frozen=True, slots=True)
class Case:
    """A planned request and why it is sent.

    `operation` is an operationId, None for what the contract does not describe. `expects` are the
    statuses a step insists on, none when the expectation alone decides. `points` are what the case
    was made to show; what an exchange does show is worked out from the exchange.
    """

    title: str
    phase: Phase
    operation: str | None
    request: Request
    expectation: Expectation = Expectation.OPEN
    expects: frozenset[int] = frozenset()
    place: Place | None = None
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that was sent and its response. `started` is in seconds since the epoch, `seconds`
    is how long the last attempt took, `resets` how many attempts before it lost their connection,
    `curl` a command that sends it again (it expects $API_KEY)."""

    number: int
    case: Case
    response: Response
    started: float
    seconds: float
    resets: int = 0
    curl: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise that a response broke: `detail` says how, `exchange` shows it. `part` is the part
    of the contract that says so, where that is narrower than the promise's."""

    promise: Promise
    detail: str
    exchange: Exchange
    part: Place | None = None

    @property
    def place(self) -> Place:
        """Where the contract says what was broken."""
        return self.part or self.promise.place

    @property
    def curl(self) -> str:
        """One line that reproduces it."""
        return self.exchange.curl


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a promise: how many exchanges were judged by it, and what broke it. One with
    neither is a promise at which nobody looked."""

    promise: Promise
    judged: int
    findings: tuple[Finding, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether something looked and nothing broke it."""
        return self.judged > 0 and not self.findings


@dataclass(frozen=True, slots=True)
class Credential:
    """What a security scheme wants. `variable` names the environment variable that holds it: that
    name, and never the value, stands in requests and reports."""

    scheme: str
    variable: str
    value: str = field(repr=False)

    @property
    def placeholder(self) -> str:
        """What stands in a request in its place."""
        return f"${self.variable}"


@dataclass(frozen=True, slots=True)
class Options:
    """How to run. `credentials` are those of security schemes that do not want `api_key`; `origin`
    is one whose scripts the stage lets in, sent with every request. `rate` (requests a second),
    `burst` and `quota` (requests) are the usage plan's, None where there is no limit; `time_limit`
    is in seconds; `max_examples` are generated cases for each operation, beside boundaries and
    examples."""

    url: str
    api_key: str | None = field(default=None, repr=False)
    seed: int = 0
    max_examples: int = 50
    time_limit: float = 60.0
    rate: float | None = None
    burst: int | None = None
    quota: int | None = None
    allow_destructive: bool = False
    fail_fast: bool = False
    phases: frozenset[Phase] = frozenset(Phase)
    timeout: float = 40.0
    verify: bool | str = True
    credentials: tuple[Credential, ...] = ()
    origin: str | None = None

    @property
    def secrets(self) -> dict[str, str]:
        """The values of credentials by their placeholders."""
        given = {each.placeholder: each.value for each in self.credentials}
        return {API_KEY: self.api_key, **given} if self.api_key else given


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is going to send: `cases` are known beforehand, `more` is the most requests that
    depend on answers (life cycles, generated sequences, cleanup)."""

    cases: tuple[Case, ...]
    more: int

    @property
    def total(self) -> int:
        """The most requests the run takes from a quota."""
        return len(self.cases) + self.more


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run, and all that a report needs.

    `verdicts` are one for each promise, in the contract's order. `durations` are the seconds of
    each exchange by operationId. `notes` are lines that people must see: what was sent again, what
    was left behind, what was left out. `ended_early` says why not all was sent, if so: Ctrl-C, or a
    stage that could no longer be judged.
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
    ended_early: str | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, in the contract's order."""
        return tuple(finding for verdict in self.verdicts for finding in verdict.findings)

    @property
    def kept(self) -> bool:
        """Whether no promise was broken."""
        return not self.findings


class Listener(Protocol):
    """Is told what happens while a run goes on."""

    def planned(self, plan: Plan) -> None:
        """Before the first request: what is going to be sent."""

    def phase(self, phase: Phase) -> None:
        """Another phase begins."""

    def exchanged(self, exchange: Exchange, total: int) -> None:
        """A response has come; `total` is how many requests the run is thought to take."""

    def found(self, finding: Finding) -> None:
        """A promise was broken."""

    def noted(self, line: str) -> None:
        """Something people should see, such as a pause for a rate limit."""


class SilentListener:
    """Listens and says nothing."""

    def planned(self, plan: Plan) -> None:
        """Nothing."""

    def phase(self, phase: Phase) -> None:
        """Nothing."""

    def exchanged(self, exchange: Exchange, total: int) -> None:
        """Nothing."""

    def found(self, finding: Finding) -> None:
        """Nothing."""

    def noted(self, line: str) -> None:
        """Nothing."""
