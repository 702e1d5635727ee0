"""A run as JSON."""

from __future__ import annotations

import base64
from typing import Any

from openapi_first.conformance.model.not_judged import NotJudged
from openapi_first.conformance.model.run import Exchange, Finding, Run, Verdict
from openapi_first.conformance.reports.coverage import coverage_value
from openapi_first.conformance.reports.grouping import FindingGroup, grouped
from openapi_first.conformance.reports.request_ids import request_ids
from openapi_first.documents.node import Place

FORMAT = "contract-test/1"
"""The shape, which docs/contract-tests.md describes. Members may be added to it."""

_LONGEST = 65_536


def json_report(run: Run) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "title": run.title,
        "version": run.version,
        "url": run.options.url,
        "seed": run.options.seed,
        "started": run.date,
        "contract": {"file": str(run.contract), "sha256": run.contract_hash},
        "versions": run.versions,
        "kept": run.kept,
        "ended_early": run.ended_early,
        "requests": run.requests,
        "seconds": round(run.seconds, 3),
        "resets": run.resets,
        "throttled": run.throttled,
        "notes": list(run.notes),
        "unfinished": list(run.options.unfinished),
        "not_judged": [_not_judged(step) for step in run.not_judged],
        "findings": [_group(group) for group in grouped(run.findings)],
        "verdicts": [_verdict(verdict) for verdict in run.verdicts],
        "coverage": coverage_value(run.coverage),
    }


def _group(group: FindingGroup) -> dict[str, Any]:
    """The first finding in full, and where each of them was found."""
    return {
        **_finding(group.first),
        "operations": [each or None for each in group.operations],
        "statuses": list(group.statuses),
        "occurrences": [_finding(each) for each in group.findings],
    }


def _not_judged(step: NotJudged) -> dict[str, Any]:
    return {
        "operation": step.operation or None,
        "step": step.step,
        "reason": step.reason,
        "times": step.times,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    promise, reference = finding.promise, finding.reference
    return {
        "operation": promise.operation or None,
        "check": promise.check,
        "promise": promise.text,
        "detail": finding.detail,
        "file": finding.place.file,
        "line": finding.place.line,
        "pointer": finding.place.pointer,
        "reference": None if reference is None else _place(reference),
        "request_ids": dict(request_ids(finding.exchange.response)),
        "curl": finding.curl,
        "exchange": _exchange(finding.exchange),
    }


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "pointer": place.pointer}


def _exchange(exchange: Exchange) -> dict[str, Any]:
    request, response = exchange.case.request, exchange.response
    return {
        "case": exchange.case.title,
        "phase": exchange.case.phase.value,
        "milliseconds": round(exchange.seconds * 1000, 1),
        "resets": exchange.resets,
        "request": {
            "method": request.method,
            "target": request.target,
            "headers": [list(pair) for pair in request.headers],
            **_body(request.body),
        },
        "response": {
            "status": response.status,
            "headers": [list(pair) for pair in response.headers],
            **_body(response.body),
        },
    }


def _body(body: bytes | None) -> dict[str, Any]:
    """The first 64 KiB, as a string if they are UTF-8, otherwise in base64."""
    if body is None:
        return {"body": None}
    shown = body[:_LONGEST]
    size = {} if len(body) <= _LONGEST else {"bytes": len(body)}
    try:
        return {"body": shown.decode("utf-8"), **size}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(shown).decode("ascii"), **size}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    promise = verdict.promise
    return {
        "operation": promise.operation or None,
        "check": promise.check,
        "judged": verdict.judged,
        "findings": len(verdict.findings),
        "line": promise.place.line,
    }
