"""Events of any bytes for real handlers: no exception leaves one, no answer leaves its contract."""

from __future__ import annotations

import contextlib
import itertools
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from aws_lambda_powertools import Logger

from openapi_first.runtime import lambda_handler
from raw_events.apis import SECRET, Api, apis
from raw_events.mutation import mutated
from raw_events.results import RESULTS, Own, middleware, own_handler
from support.compiled import compiled_module
from support.faults.declared_answers import DeclaredAnswers

OWN_STATUSES = frozenset({400, 404, 413, 415, 500, 501})
"""The statuses of problem details that no operation declares."""

_NUMBERS = itertools.count()
"""Powertools gives Loggers of one service the stream of the first."""

_ENDS = '"duration_ms":'
"""Only the line of a request that has its answer has this."""


@dataclass
class _Log:
    """A stream for the Logger, which counts the lines of requests and keeps those with a secret."""

    ends: int = 0
    leaks: list[str] = field(default_factory=list)

    def write(self, text: str) -> None:
        self.ends += _ENDS in text
        if SECRET in text:
            self.leaks.append(text)

    def flush(self) -> None:
        """Nothing is buffered."""


@dataclass
class Tally:
    """What was sent so far: answers by status, and what is wrong."""

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many events were served."""
        return self.statuses.total() + len(self.wrong)


@dataclass(frozen=True)
class _Served:
    api: Api
    handler: Callable[[Any, Any], dict[str, Any]]
    judge: DeclaredAnswers


class RawEvents:
    """Handlers whose functions and middlewares return odd results; `generated` of their contracts
    are made by chance. The same seed gives the same events."""

    def __init__(self, folder: Path, seed: int, *, generated: int) -> None:
        self.tally = Tally()
        self._random = Random(seed)
        self._log = _Log()
        self._served = [
            self._serving(api, folder / str(number), changing=changing)
            for number, (api, changing) in enumerate(
                (api, changing) for api in apis(seed, generated) for changing in api.middlewares
            )
        ]

    def _serving(self, api: Api, folder: Path, *, changing: bool) -> _Served:
        compiled = compiled_module(folder, api.document)
        operations = ModuleType("operations")
        results = (*RESULTS, *((lambda reply=reply: reply) for reply in api.replies * 4))
        for function in compiled.SIGNATURES:
            setattr(operations, function, lambda **_: self._random.choice(results)())
        name = f"raw events {next(_NUMBERS)}"
        logging.getLogger(name).propagate = False
        logger = Logger(service=name, stream=self._log)  # type: ignore[arg-type]
        handler = lambda_handler(
            compiled,
            operations,
            logger=logger,
            middlewares=[middleware(self._random)] if changing else [],
            exception_handlers={Own: own_handler(self._random)},
        )
        # A middleware may answer what no operation serves, and change the engine's problems.
        strict = api.strict and not changing
        judge = DeclaredAnswers(api.judged_by or api.document, OWN_STATUSES, strict=strict)
        return _Served(api, handler, judge)

    def run(self, count: int) -> Tally:
        """Serves `count` more events."""
        for _ in range(count):
            served = self._random.choice(self._served)
            event = mutated(self._random.choice(served.api.events), self._random)
            self._log.ends = 0
            answer: dict[str, Any] = {}
            try:
                with contextlib.redirect_stdout(self._log):  # type: ignore[type-var] # metrics
                    answer = served.handler(event, None)
                wrong = self._complaint(served.judge, event, answer)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                wrong = f"{type(error).__name__}: {error}"
            if wrong is None:
                self.tally.statuses[answer["statusCode"]] += 1
            else:
                self.tally.wrong.append(
                    f"{wrong}\n{event!r:.3000}\n{answer!r:.1000}\n{served.api.document!r:.3000}"
                )
        return self.tally

    def _complaint(
        self, judge: DeclaredAnswers, event: Any, answer: Mapping[str, Any]
    ) -> str | None:
        if self._log.leaks:
            return f"the log has a value: {self._log.leaks.pop()}"
        if self._log.ends != 1:
            return f"the log has {self._log.ends} lines of the request"
        given = event if isinstance(event, dict) else {}
        method = given.get("httpMethod")
        if "path" not in given and judge.complaint(method, None, answer) is None:
            return None  # an event of no operation
        return judge.complaint(method, given.get("resource"), answer)
