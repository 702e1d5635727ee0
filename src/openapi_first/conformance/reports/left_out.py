"""Says when a run has judged too little to pass."""

from __future__ import annotations

from openapi_first.conformance.model.run import Run


def judged_too_little(run: Run, *, accepted: bool) -> str | None:
    """Why the run does not pass although it found nothing; None if it does. `accepted` says that
    operations may be left out while they have no function."""
    explained = run.not_judged or run.ended_early is not None
    if not explained and not any(verdict.judged for verdict in run.verdicts):
        return "not judged: nothing that was sent concerns a promise of the contract"
    count = len(run.options.unfinished)
    if accepted or not count:
        return None
    operations = "1 operation" if count == 1 else f"{count} operations"
    return (
        f"not judged: {operations} without a function. Write the functions, or set "
        'unfinished = "leave-out" in [tool.contract] until you have'
    )
