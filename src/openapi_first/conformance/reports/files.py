"""Writes the reports of a run to files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from openapi_first.conformance.model.run import Run
from openapi_first.conformance.reports.coverage_records import record_text
from openapi_first.conformance.reports.html import html_page
from openapi_first.conformance.reports.junit import junit_xml
from openapi_first.core.files import replace_file


def write_reports(
    run: Run, *, coverage: Path | None, junit: Path | None, html: Path | None
) -> Iterator[str]:
    """Writes those that have a path. A line for each that could not be written."""
    reports = (
        (coverage, lambda run: record_text(run.coverage.record)),
        (junit, junit_xml),
        (html, html_page),
    )
    for path, report in reports:
        if path is not None:
            try:
                replace_file(path, report(run))
            except Exception as error:  # one report less is no reason to lose the others
                known = error.strerror if isinstance(error, OSError) else None
                reason = known or f"unexpected {type(error).__name__}: {error}"
                yield f"contract: cannot write {path}: {reason}"
