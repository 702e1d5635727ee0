"""The summary of a run for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.conformance.model.coverage import ASPECTS
from openapi_first.conformance.model.not_judged import NotJudged
from openapi_first.conformance.model.run import Finding, Plan, Run
from openapi_first.core.terminal_text import visible

_SHOWN_FINDINGS = 10
_SHOWN_NAMES = 6


def summary(run: Run) -> str:
    """Fits a screen unless many promises are broken."""
    return visible("\n".join(_lines(run)))


def _lines(run: Run) -> Iterator[str]:
    findings = run.findings
    for finding in findings[:_SHOWN_FINDINGS]:
        yield from _finding(finding)
    if len(findings) > _SHOWN_FINDINGS:
        yield f"… and {len(findings) - _SHOWN_FINDINGS} more; --format json lists them all."
        yield ""
    for note in run.notes:
        yield f"note: {note}"
    yield from _not_judged(run.not_judged)
    unchecked = [verdict.promise.id for verdict in run.verdicts if not verdict.judged]
    if unchecked:
        yield f"Not checked: {_shortened(unchecked, ', ')}"
    coverage = run.coverage
    parts = []
    for aspect in ASPECTS:
        points = coverage.points(aspect=aspect)
        if points:
            parts.append(f"{ASPECTS[aspect].lower()} {coverage.percent(points):.0f} %")
    yield f"Coverage {coverage.percent():.1f} %: {', '.join(parts)}"
    missing = [f"{point.operation} {point.key.replace('|', ' ')}" for point in coverage.missing]
    if missing:
        yield f"Never seen: {_shortened(missing, '; ')}"
    undocumented = [f"{each.operation} {each.subject}" for each in coverage.undocumented]
    if undocumented:
        yield f"Seen but undocumented: {_shortened(undocumented, '; ')}"
    if run.ended_early is not None:
        yield f"Ended early (requests that were not sent were not judged): {run.ended_early}"
    kept = sum(verdict.kept for verdict in run.verdicts)
    yield (
        f"{run.title} {run.version} at {run.options.url}: "
        + (f"{len(findings)} finding{'s' if len(findings) != 1 else ''}, " if findings else "")
        + f"{kept} of {len(run.verdicts)} promises kept "
        f"({run.requests} requests, {run.seconds:.1f} s, seed {run.options.seed})"
    )


def _not_judged(steps: tuple[NotJudged, ...]) -> Iterator[str]:
    for step in steps[:_SHOWN_FINDINGS]:
        yield f"NOT JUDGED {step}"
    if len(steps) > _SHOWN_FINDINGS:
        more = len(steps) - _SHOWN_FINDINGS
        yield f"… and {more} more that were not judged; --format json lists them all."


def _finding(finding: Finding) -> Iterator[str]:
    promise = finding.promise
    yield f"BROKEN {promise.operation or 'the API'}: {promise.text}"
    yield f"  {finding.detail}"
    yield f"  request: {finding.exchange.case.title} ({finding.exchange.case.phase.value})"
    yield f"  {finding.place}: #{finding.place.pointer}"
    yield f"  {finding.curl}"
    yield ""


def _shortened(names: list[str], separator: str) -> str:
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return separator.join(names[:_SHOWN_NAMES]) + more


def plan_text(plan: Plan) -> str:
    """The requests that are known before a run."""
    lines = [
        f"{case.request.method} {case.request.target[:120]}  # {case.operation}: {case.title}"
        for case in plan.cases
    ]
    lines += [f"NOT JUDGED {step}" for step in plan.not_judged]
    lines.append(
        f"{len(plan.cases)} requests, and at most {plan.more} that depend on responses (life "
        f"cycles, generated data, cleanup): at most {plan.total} of a quota."
    )
    return visible("\n".join(lines))
