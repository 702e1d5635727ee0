"""What lint says of each constraint is what the stage and the handler do with a request that
violates just that constraint."""

from __future__ import annotations

import pytest

from verdicts.contracts import generated
from verdicts.judging import VERDICTS, judged, more_than_one

ALL, PART = 300, 20


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL")


def test_each_verdict_is_where_the_request_is_refused(everything: bool) -> None:
    table = judged(range(ALL if everything else PART))
    print(table)
    assert not table.disagreements, table.disagreements[0]
    assert table.share >= 0.95, table.without_request
    assert all(table.violated[verdict] for verdict in VERDICTS)


def test_each_request_violates_no_other_constraint(everything: bool) -> None:
    for seed in range(60 if everything else 2):
        assert list(more_than_one(generated(seed))) == []
