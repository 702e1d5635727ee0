"""The alarms that the other tests evaluate are those that CloudFormation gets."""

from __future__ import annotations

from typing import Any

from stack.alarms.stack_alarms import alarm_properties
from stack.template import read


def test_sam_leaves_the_alarms_as_they_are(template: dict[str, Any]) -> None:
    assert alarm_properties(template) == alarm_properties(read())
