"""The stage keeps every rule that its peers are asked for."""

from __future__ import annotations

import json
from pathlib import Path

from peers.probes import PROBES
from peers.run import OUTCOME, kept_by_the_stage


def test_the_stage_keeps_every_rule_that_its_peers_are_asked_for(tmp_path: Path) -> None:
    kept = kept_by_the_stage(tmp_path)
    assert [fact for fact, holds in kept.items() if not holds] == []


def test_the_outcome_is_of_these_probes() -> None:
    facts = json.loads(OUTCOME.read_text(encoding="utf-8"))["facts"]
    assert facts.keys() == {probe.fact for probe in PROBES}
