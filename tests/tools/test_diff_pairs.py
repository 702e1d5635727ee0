"""Generated pairs of contracts whose relation is known are judged by it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from diff_pairs import misses
from relations.pairs import EQUAL, NARROWER, WIDER, pairs


@pytest.mark.timeout(1800)
def test_no_narrowing_is_compatible_and_hardly_anything_else_is_breaking(
    tmp_path: Path, everything: bool
) -> None:
    count = 5000 if everything else 40
    made = list(pairs(count, seed=0))
    relations = Counter(pair.relation for pair in made)
    assert min(relations[each] for each in (EQUAL, WIDER, NARROWER)) > count / 10
    found = list(misses(made, tmp_path))
    assert [str(each) for each in found if each.pair.relation == NARROWER] == []
    assert len(found) <= (relations[EQUAL] + relations[WIDER]) / 100, "\n".join(map(str, found))
