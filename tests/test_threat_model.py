"""The threat model names tests that are there, and commands that a test has read."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading."""
    section = TEXT.partition(f"### {heading}\n")[2].partition("\n#")[0]
    lines = [line.strip("|\n ") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split(" | ")] for line in lines[2:]]


def test_each_threat_has_a_defence_and_tests_that_exist() -> None:
    threats = rows("Threats")
    assert len(threats) > 20
    for _, threat, defence, tests in threats:
        assert threat
        assert defence
        named = re.findall(r"`([^`]+)`", tests)
        assert named, threat
        assert [name for name in named if not (ROOT / "tests" / name).is_file()] == [], threat


def test_each_boundary_has_a_threat_and_each_risk_an_answer() -> None:
    boundaries = set(re.findall(r"─(\d)─", TEXT))
    assert boundaries == {row[0] for row in rows("Threats")}
    assert all(risk and answer for risk, answer in rows("What is not defended"))
    assert rows("What is protected")
    assert rows("Who attacks")
