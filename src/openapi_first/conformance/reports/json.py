"""A run as JSON."""

from __future__ import annotations

import base64
from typing import Any

from openapi_first.conformance.model.not_judged import NotJudged
from openapi_first.conformance.model.run import Exchange, Finding, Run, Verdict
from openapi_first.conformance.reports.coverage import coverage_value

_LONGEST = 65_536


def json_report(run: Run) -> dict[str, Any]:
    return {
        "title": run.title,
        "version": run.version,
        "url": run.options.url,
        "seed": run.options.seed,
        "kept": run.kept,
        "ended_early": run.ended_early,
        "requests": run.requests,
        "seconds": round(run.seconds, 3),
        "resets": run.resets,
        "throttled": run.throttled,
        "notes": list(run.notes),
        "not_judged": [_not_judged(step) for step in run.not_judged],
        "findings": [_finding(finding) for finding in run.findings],
        "verdicts": [_verdict(verdict) for verdict in run.verdicts],
        "coverage": coverage_value(run.coverage),
    }


def _not_judged(step: NotJudged) -> dict[str, Any]:
    return {
        "operation": step.operation or None,
        "step": step.step,
        "reason": step.reason,
        "times": step.times,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    promise = finding.promise
    return {
        "operation": promise.operation or None,
        "check": promise.check,
        "promise": promise.text,
        "detail": finding.detail,
        "file": finding.place.file,
        "line": finding.place.line,
        "pointer": finding.place.pointer,
        "curl": finding.curl,
        "exchange": _exchange(finding.exchange),
    }


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
