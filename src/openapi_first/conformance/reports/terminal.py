"""The summary of a run for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.conformance.model.coverage import ASPECTS, Coverage
from openapi_first.conformance.model.not_judged import NotJudged
from openapi_first.conformance.model.run import Plan, Run
from openapi_first.conformance.reports.coverage import uncounted_lines
from openapi_first.conformance.reports.grouping import FindingGroup, grouped, same_finding_in
from openapi_first.conformance.reports.request_ids import request_ids
from openapi_first.core.terminal_text import visible

_SHOWN_FINDINGS = 10
_SHOWN_NAMES = 6


def summary(run: Run) -> str:
    """Fits a screen unless many promises are broken."""
    return visible("\n".join(_lines(run)))


def _lines(run: Run) -> Iterator[str]:
    groups = grouped(run.findings)
    for group in groups[:_SHOWN_FINDINGS]:
        yield from _finding(group)
    if len(groups) > _SHOWN_FINDINGS:
        yield f"… and {len(groups) - _SHOWN_FINDINGS} more; --format json lists them all."
        yield ""
    for note in run.notes:
        yield f"note: {note}"
    yield from _not_judged(run.not_judged)
    if not run.options.read_only:  # which leaves out most of the contract
        yield from _not_seen(run)
    if run.ended_early is not None:
        yield f"Ended early (requests that were not sent were not judged): {run.ended_early}"
    yield "; ".join(filter(None, (run.date, _hash(run), *map(" ".join, run.versions.items()))))
    kept = sum(verdict.kept for verdict in run.verdicts)
    promises = len(run.verdicts)
    if run.options.read_only:
        promises = sum(verdict.judged > 0 for verdict in run.verdicts)
    yield (
        f"{run.title} {run.version} at {run.options.url}: "
        + (f"{len(groups)} finding{'s' if len(groups) != 1 else ''}, " if groups else "")
        + f"{kept} of {promises} promises kept "
        f"({run.requests} requests, {run.seconds:.1f} s, seed {run.options.seed})"
    )


def _not_seen(run: Run) -> Iterator[str]:
    unchecked = [
        verdict.promise.id
        for verdict in run.verdicts
        if not verdict.judged and verdict.promise.operation not in run.options.unfinished
    ]
    if unchecked:
        yield f"Not checked: {_shortened(unchecked, ', ')}"
    yield from _coverage(run.coverage)


def _coverage(coverage: Coverage) -> Iterator[str]:
    parts = []
    for aspect in coverage.aspects:
        tally = coverage.tally(coverage.points(aspect=aspect))
        if tally.counted:
            parts.append(f"{ASPECTS[aspect].lower()} {tally.seen}/{tally.counted}")
    yield f"Coverage {coverage.headline}: {', '.join(parts)}"
    uncounted = list(uncounted_lines(coverage))
    if uncounted:
        yield f"Not counted: {_shortened(uncounted, '; ')}"
    missing = [f"{point.operation} {point.key.replace('|', ' ')}" for point in coverage.missing]
    if missing:
        yield f"Never seen: {_shortened(missing, '; ')}"
    undocumented = [f"{each.operation} {each.subject}" for each in coverage.undocumented]
    if undocumented:
        yield f"Seen but undocumented: {_shortened(undocumented, '; ')}"


def _hash(run: Run) -> str:
    return f"contract {run.contract_hash[:12]}" if run.contract_hash else ""


def _not_judged(steps: tuple[NotJudged, ...]) -> Iterator[str]:
    for step in steps[:_SHOWN_FINDINGS]:
        yield f"NOT JUDGED {step}"
    if len(steps) > _SHOWN_FINDINGS:
        more = len(steps) - _SHOWN_FINDINGS
        yield f"… and {more} more that were not judged; --format json lists them all."


def _finding(group: FindingGroup) -> Iterator[str]:
    finding = group.first
    promise = finding.promise
    yield f"BROKEN {promise.operation or 'the API'}: {promise.text}"
    yield f"  {finding.detail}"
    if group.others:
        yield f"  the same in: {', '.join(same_finding_in(group, _SHOWN_NAMES))}"
    yield f"  request: {finding.exchange.case.title} ({finding.exchange.case.phase.value})"
    yield f"  {finding.place}: #{finding.place.pointer}"
    if finding.reference is not None:
        yield f"  which {finding.reference} refers to"
    if finding.exchange.response.status >= 500:
        for name, value in request_ids(finding.exchange.response):
            yield f"  request id: {value} ({name})"
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
