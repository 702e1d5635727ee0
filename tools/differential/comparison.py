"""One case before both judges."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from differential.differences import excuse
from differential.exchanges import Case
from differential.judges import Compiled, Reference
from differential.verdict import Verdict, same_values
from differential.wire import Answer, Sent


@dataclass(frozen=True)
class Disagreement:
    """A request or an answer that no named difference explains."""

    case: Case
    subject: Sent | Answer
    ours: Verdict
    theirs: Verdict

    def __str__(self) -> str:
        return "\n".join(map(str, (self.case.document, self.subject, self.ours, self.theirs)))


@dataclass
class Tally:
    """What was compared so far: requests and answers, and the differences that were excused."""

    compared: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    disagreements: list[Disagreement] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many pairs of verdicts were compared."""
        return self.compared.total()


def compare(case: Case, tally: Tally) -> None:
    """Hold both verdicts, and where a request is good both readings, against each other."""
    with tempfile.TemporaryDirectory() as folder:
        ours, reference = Compiled(case, Path(folder)), Reference(case)
        good: Sent | None = None
        for request in case.requests:
            mine, theirs = ours.request(request), reference.request(request)
            good = request if mine.kept else good
            _count(tally, case, request, mine, theirs)
        for answer in case.answers if good is not None else ():
            assert good is not None
            _count(tally, case, answer, ours.answer(answer, good), reference.answer(answer, good))


def _count(
    tally: Tally, case: Case, subject: Sent | Answer, ours: Verdict, theirs: Verdict
) -> None:
    kind = "request" if isinstance(subject, Sent) else "answer"
    tally.compared[f"{kind} {'kept' if theirs.kept else 'broken'}"] += 1
    if ours.kept == theirs.kept and _same_reading(ours, theirs):
        return
    name = excuse(subject, ours, theirs)
    if name is None:
        tally.disagreements.append(Disagreement(case, subject, ours, theirs))
    else:
        tally.excused[name] += 1


def _same_reading(ours: Verdict, theirs: Verdict) -> bool:
    if ours.given is None or theirs.given is None:
        return True
    return same_values(_present(ours.given), _present(theirs.given))


def _present(given: dict[str, object]) -> dict[str, object]:
    """Without what is not there, which is None to one of them and missing to the other."""
    return {name: value for name, value in given.items() if value is not None}
