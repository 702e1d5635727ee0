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


def run(judge: list[str], template: Path) -> subprocess.CompletedProcess[str]:
    environment = {"AWS_DEFAULT_REGION": "eu-central-1", "SAM_CLI_TELEMETRY": "0"}
    return subprocess.run(
        [*judge, str(template)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", FAULTS)
def test_the_template_is_clean(judge: list[str]) -> None:
    done = run(judge, TEMPLATE)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("project", SOURCES)
@pytest.mark.parametrize("name", FAULTS)
def test_the_template_of_a_new_project_is_clean(
    judge: list[str], project: str, tmp_path: Path
) -> None:
    done = run(judge, new_project(tmp_path, project) / "template.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", FAULTS)
def test_the_judge_would_find_a_fault(judge: list[str], name: str, tmp_path: Path) -> None:
    text = TEMPLATE.read_text()
    right, wrong = FAULTS[name]
    assert text.count(right) == 1
    faulty = tmp_path / "template.yaml"
    faulty.write_text(text.replace(right, wrong))
    assert run(judge, faulty).returncode != 0
