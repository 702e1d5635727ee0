"""The alarms that the other tests evaluate are those that CloudFormation gets."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from stack.alarms.stack_alarms import alarm_properties
from stack.template import TEMPLATE, read

TRANSLATE = Path(__file__).parents[1] / "translate.py"


def test_sam_leaves_the_alarms_as_they_are(request: pytest.FixtureRequest) -> None:
    python = request.config.getoption("--tools").resolve() / "python"
    done = subprocess.run([python, TRANSLATE, TEMPLATE], capture_output=True, text=True, check=True)
    assert alarm_properties(json.loads(done.stdout)) == alarm_properties(read())
