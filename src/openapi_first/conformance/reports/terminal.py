"""The end of a run as a terminal shows it: a screen that says what held and what did not."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.conformance.model.coverage import ASPECTS
from openapi_first.conformance.model.run import Finding, Plan, Run

_SHOWN_FINDINGS = 10
_SHOWN_MISSING = 6


def summary(run: Run) -> str:
    """The whole text, no longer than a screen unless much is broken."""
    return "\n".join(_lines(run))


def _lines(run: Run) -> Iterator[str]:
    findings = run.findings
    for finding in findings[:_SHOWN_FINDINGS]:
        yield from _finding(finding)
    if len(findings) > _SHOWN_FINDINGS:
        yield f"… and {len(findings) - _SHOWN_FINDINGS} more; --format json lists them all."
        yield ""
    for note in run.notes:
        yield f"note: {note}"
    unseen = [verdict.promise for verdict in run.verdicts if not verdict.judged]
    if unseen:
        names = ", ".join(promise.id for promise in unseen[:_SHOWN_MISSING])
        more = f" and {len(unseen) - _SHOWN_MISSING} more" if len(unseen) > _SHOWN_MISSING else ""
        yield f"Nobody looked at: {names}{more}"
    coverage = run.coverage
    parts = []
    for aspect in ASPECTS:
        points = coverage.points(aspect=aspect)
        if points:
            parts.append(f"{ASPECTS[aspect].lower()} {coverage.percent(points):.0f} %")
    yield f"Coverage {coverage.percent():.1f} %: {', '.join(parts)}"
    missing = [f"{point.operation} {point.key.replace('|', ' ')}" for point in coverage.missing]
    if missing:
        more = f" and {len(missing) - _SHOWN_MISSING} more" if len(missing) > _SHOWN_MISSING else ""
        yield f"Never seen: {'; '.join(missing[:_SHOWN_MISSING])}{more}"
    undocumented = [f"{each.operation} {each.subject}" for each in coverage.undocumented]
    if undocumented:
        yield f"Seen but undocumented: {'; '.join(undocumented[:_SHOWN_MISSING])}"
    if run.ended_early is not None:
        yield f"Ended early, and what was not sent was not judged: {run.ended_early}"
    held = sum(verdict.kept for verdict in run.verdicts)
    yield (
        f"{run.title} {run.version} at {run.options.url}: "
        + (f"{len(findings)} finding{'s' if len(findings) != 1 else ''}, " if findings else "")
        + f"{held} of {len(run.verdicts)} promises kept "
        f"({run.requests} requests, {run.seconds:.1f} s, seed {run.options.seed})"
    )


def _finding(finding: Finding) -> Iterator[str]:
    promise = finding.promise
    yield f"BROKEN {promise.operation or 'the API'}: {promise.text}"
    yield f"  {finding.detail}"
    yield f"  by: {finding.exchange.case.title} ({finding.exchange.case.phase.value})"
    yield f"  {finding.place}: #{finding.place.pointer}"
    yield f"  {finding.curl}"
    yield ""


def plan_text(plan: Plan) -> str:
    """Every request a run is going to send, as far as it is known beforehand."""
    lines = [
        f"{case.request.method} {case.request.target[:120]}  # {case.operation}: {case.title}"
        for case in plan.cases
    ]
    lines.append(
        f"{len(plan.cases)} requests, and at most {plan.more} that depend on answers (life cycles, "
        "generated data, cleanup): at most "
        f"{plan.total} of a quota."
    )
    return "\n".join(lines)
