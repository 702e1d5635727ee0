"""A run as one self-contained HTML page: findings, coverage, timings."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files

from openapi_first.conformance.model.coverage import ASPECTS, Coverage, Point
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Exchange, Finding, Run

_LONGEST = 20_000
_COPY = (
    "for (const button of document.querySelectorAll('button[data-copies]')) "
    "button.addEventListener('click', async () => { "
    "await navigator.clipboard.writeText("
    "document.getElementById(button.dataset.copies).textContent); "
    "button.textContent = 'Copied'; });"
)


def html_page(run: Run) -> str:
    """The page; everything that the stage sent is escaped."""
    parts = (*_head(run), *_findings(run), *_promises(run), *_coverage(run.coverage), *_times(run))
    return _page(f"{run.title} {run.version}: contract tests", parts)


def coverage_page(coverage: Coverage) -> str:
    """A page with coverage only."""
    name = f"{coverage.record.title} {coverage.record.version}"
    return _page(f"{name}: coverage", (f"<h1>{_text(name)}</h1>", *_coverage(coverage)))


def _page(title: str, parts: Iterable[str]) -> str:
    style = files(__package__).joinpath("page_files/report.css").read_text(encoding="utf-8")
    title, body = _text(title), "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}\n"
        f"</main>\n<script>{_COPY}</script>\n</body>\n</html>\n"
    )


def _text(value: object) -> str:
    """The value escaped, with control characters and lone surrogates replaced."""
    shown = "".join(
        letter if letter in "\n\t" or (letter.isprintable() or ord(letter) > 0x9F) else "\ufffd"
        for letter in str(value)
    )
    return escape(shown.encode("utf-8", "replace").decode("utf-8"))


def _head(run: Run) -> Iterator[str]:
    found, kept = len(run.findings), sum(verdict.kept for verdict in run.verdicts)
    yield f"<h1>{_text(run.title)} {_text(run.version)}</h1>"
    if found:
        yield f'<p class="verdict bad">Broken: {found} finding{"s" if found != 1 else ""}</p>'
    elif run.ended_early is None:
        yield '<p class="verdict good">No promise was broken</p>'
    if run.ended_early is not None:
        yield (
            '<p class="verdict warn">Ended early (requests that were not sent were not judged): '
            f"{_text(run.ended_early)}</p>"
        )
    yield (
        f'<p class="quiet">{kept} of {len(run.verdicts)} promises kept at '
        f"<code>{_text(run.options.url)}</code>: {run.requests} requests in {run.seconds:.1f} s, "
        f"seed {run.options.seed}, coverage {run.coverage.percent():.1f} %</p>"
    )
    if run.notes:
        notes = "".join(f"<li>{_text(note)}</li>" for note in run.notes)
        yield f"<ul>{notes}</ul>"


def _findings(run: Run) -> Iterator[str]:
    yield f'<h2 id="findings">Findings ({len(run.findings)})</h2>'
    if not run.findings:
        yield "<p>None.</p>"
    for number, finding in enumerate(run.findings, 1):
        yield _finding(number, finding)


def _finding(number: int, finding: Finding) -> str:
    promise, exchange = finding.promise, finding.exchange
    curl = f"curl-{number}"
    return (
        f'<article aria-labelledby="finding-{number}">'
        f'<h3 id="finding-{number}">{_text(promise.operation or "The API")}: '
        f"{_text(promise.text)}</h3>"
        f'<p class="bad">{_text(finding.detail)}</p>'
        f'<p class="quiet">Promised at <code>{_text(finding.place)}</code>, '
        f"<code>#{_text(finding.place.pointer)}</code>; shown by: {_text(exchange.case.title)} "
        f"({_text(exchange.case.phase.value)})</p>"
        f'<pre id="{curl}">{_text(finding.curl)}</pre>'
        f'<button type="button" data-copies="{curl}">Copy the command</button>'
        f"<details><summary>Request and response ({exchange.seconds * 1000:.0f} ms)</summary>"
        f"{_exchange(exchange)}</details></article>"
    )


def _exchange(exchange: Exchange) -> str:
    request, response = exchange.case.request, exchange.response
    sent = f"{request.method} {request.target}\n{_headers(request)}{_body(request.body)}"
    received = f"{response.status}\n{_headers(response)}{_body(response.body)}"
    return f"<pre>{_text(sent)}</pre><pre>{_text(received)}</pre>"


def _headers(message: Request | Response) -> str:
    return "".join(f"{name}: {value}\n" for name, value in message.headers)


def _body(body: bytes | None) -> str:
    if not body:
        return ""
    text = body[:_LONGEST].decode("utf-8", "replace")
    more = f"\n… {len(body) - _LONGEST} more bytes" if len(body) > _LONGEST else ""
    return f"\n{text}{more}"


def _promises(run: Run) -> Iterator[str]:
    unchecked = [verdict.promise for verdict in run.verdicts if not verdict.judged]
    if not unchecked:
        return
    yield f"<h2>Promises that were not checked ({len(unchecked)})</h2><ul>"
    for promise in unchecked:
        yield f"<li>{_text(promise.operation or 'The API')}: {_text(promise.text)}</li>"
    yield "</ul>"


def _coverage(coverage: Coverage) -> Iterator[str]:
    aspects = [aspect for aspect in ASPECTS if coverage.points(aspect=aspect)]
    heads = _heads(("Operation", *(ASPECTS[aspect] for aspect in aspects), "Undocumented"))
    yield f'<h2 id="coverage">Coverage: {coverage.percent():.1f} %</h2><div class="wide"><table>'
    yield "<caption>Points of the contract that were seen; open a cell to list them</caption>"
    yield f"{heads}<tbody>"
    for operation in coverage.operations:
        cells = "".join(_cell(coverage, operation, aspect) for aspect in aspects)
        points = [each for each in coverage.undocumented if each.operation == operation]
        items = "".join(f"<li>{_point(point)}</li>" for point in points)
        undocumented = f'<ul class="bad">{items}</ul>' if points else "none"
        yield (
            f'<tr><th scope="row">{_text(operation if operation != "*" else "the API")}</th>{cells}'
            f'<td data-label="Undocumented">{undocumented}</td></tr>'
        )
    yield "</tbody></table></div>"


def _heads(names: tuple[str, ...]) -> str:
    cells = "".join(f'<th scope="col">{_text(name)}</th>' for name in names)
    return f"<thead><tr>{cells}</tr></thead>"


def _cell(coverage: Coverage, operation: str, aspect: str) -> str:
    points = coverage.points(operation, aspect)
    label = _text(ASPECTS[aspect])
    if not points:
        return f'<td data-label="{label}"></td>'
    seen = sum(1 for point in points if coverage.count(point))
    missing = sum(
        1 for point in points if not coverage.count(point) and point not in coverage.unprovoked
    )
    kind, never_seen = ("warn", f", {missing} never seen") if missing else ("good", "")
    rows = "".join(f"<li>{_row(coverage, point)}</li>" for point in points)
    return (
        f'<td data-label="{label}"><details><summary class="{kind}">'
        f"{seen} of {seen + missing}{never_seen}</summary><ul>{rows}</ul></details></td>"
    )


def _row(coverage: Coverage, point: Point) -> str:
    count = coverage.count(point)
    if count:
        return f"{_point(point)}: seen {count} times" if count > 1 else f"{_point(point)}: seen"
    if point in coverage.unprovoked:
        return f'<span class="quiet">{_point(point)}: no request can cause it</span>'
    return f'<span class="warn">{_point(point)}: never seen</span>'


def _point(point: Point) -> str:
    return _text(f"{point.subject} {point.state}".strip())


def _times(run: Run) -> Iterator[str]:
    durations = {name: seconds for name, seconds in run.durations.items() if seconds}
    if not durations:
        return
    yield '<h2 id="times">Response times in milliseconds</h2><div class="wide"><table>'
    heads = ("Operation", "Requests", "Median", "95th percentile", "Longest")
    yield f"{_heads(heads)}<tbody>"
    for name, times in durations.items():
        ordered = sorted(times)
        figures = (
            str(len(ordered)),
            *(
                f"{seconds * 1000:.1f}"
                for seconds in (
                    statistics.median(ordered),
                    ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)],
                    ordered[-1],
                )
            ),
        )
        cells = "".join(
            f'<td class="number" data-label="{head}">{figure}</td>'
            for head, figure in zip(heads[1:], figures, strict=True)
        )
        yield f'<tr><th scope="row">{_text(name or "the API")}</th>{cells}</tr>'
    yield "</tbody></table></div>"
