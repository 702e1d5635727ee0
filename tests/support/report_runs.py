"""Runs made by hand, for reports."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from openapi_first.conformance.model.coverage import Coverage, CoverageRecord, Point
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import (
    Case,
    Exchange,
    Finding,
    Options,
    Phase,
    Promise,
    Run,
    Verdict,
)
from openapi_first.documents.node import Place

SCRIPT = "<script>alert('x')</script>"

_SEEN, _UNSEEN = Point("GET /a", "status", "200"), Point("GET /a", "status", "404")
_NEVER, _STRANGE = Point("GET /a", "status", "500"), Point("GET /a", "status", "418")


def run_of(text: str, body: bytes = b"", findings: int = 1) -> Run:
    """A run in which that text stands wherever a contract or a stage may put one."""
    promise = Promise("getA", "status", text, Place("openapi.yaml", 7, "/paths/~1a/get"))
    other = Promise("", "unknown-route", "refused", Place("openapi.yaml", None, "/paths"))
    request = Request("GET", "/a?q=" + text, (("X-A", text),), body)
    case = Case(text, Phase.EXAMPLE, "getA", request)
    exchange = Exchange(1, case, Response(418, (("X-B", text),), body), 0.0, 0.012, curl=text)
    return Run(
        contract=Path("openapi.yaml"),
        title=text,
        version="1",
        options=Options("http://127.0.0.1/prod"),
        started=0.0,
        seconds=1.5,
        requests=3,
        resets=0,
        throttled=0,
        verdicts=(
            Verdict(promise, 3, tuple(Finding(promise, text, exchange) for _ in range(findings))),
            Verdict(other, 0),
        ),
        coverage=Coverage(
            (_SEEN, _UNSEEN, _NEVER),
            frozenset({_NEVER}),
            CoverageRecord("t", "1", Counter({_SEEN: 2, _STRANGE: 1})),
        ),
        durations={"getA": (0.01, 0.02, 0.5)},
        notes=(text,),
    )
