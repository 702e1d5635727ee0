"""The template is clean by three independent judges, each of which finds a fault put into it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from stack.projects import SOURCES, new_project
from stack.template import ROOT, TEMPLATE

pytestmark = pytest.mark.timeout(300)
FAULTS = {
    "sam": ("      AutoPublishAlias: live\n", "      AutoPublishAlias: live\n      NoSuch: 1\n"),
    "cfn-lint": ("      BillingMode: PAY_PER_REQUEST\n", "      BillingMode: FREE\n"),
    "checkov": ("{PointInTimeRecoveryEnabled: true}", "{PointInTimeRecoveryEnabled: false}"),
}


@pytest.fixture
def judge(tools: Path, checkov: Path, name: str) -> list[str]:
    return [
        str(checkov if name == "checkov" else tools / name),
        *{
            "sam": ["validate", "--lint", "--template"],
            "cfn-lint": ["--include-checks", "I", "--"],
            "checkov": ["--skip-download", "--framework", "cloudformation", "--compact", "-f"],
        }[name],
    ]


def run(judge: list[str], *templates: Path) -> subprocess.CompletedProcess[str]:
    environment = {"AWS_DEFAULT_REGION": "eu-central-1", "SAM_CLI_TELEMETRY": "0"}
    return subprocess.run(
        [*judge, *map(str, templates)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """This repository's and those of new projects."""
    made = [new_project(tmp_path_factory.mktemp(name), name) for name in SOURCES]
    return [TEMPLATE, *(project / "template.yaml" for project in made)]


@pytest.mark.parametrize("name", FAULTS)
def test_the_templates_are_clean(judge: list[str], name: str, templates: list[Path]) -> None:
    # sam reads one template, the others read several in the time of one.
    for chosen in [[each] for each in templates] if name == "sam" else [templates]:
        done = run(judge, *chosen)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", FAULTS)
def test_the_judge_would_find_a_fault(judge: list[str], name: str, tmp_path: Path) -> None:
    text = TEMPLATE.read_text()
    right, wrong = FAULTS[name]
    assert text.count(right) == 1
    faulty = tmp_path / "template.yaml"
    faulty.write_text(text.replace(right, wrong))
    assert run(judge, faulty).returncode != 0
