"""The parameters of the alarms, and where the template refers to an alarm."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from stack.alarms.scenarios import HEALTHY, Conditions, observed
from stack.alarms.stack_alarms import STAGE, alarm_properties, alarms, referred
from stack.alarms.traffic import Minute, Version, metrics_of
from stack.projects import SOURCES, new_project
from stack.template import read

TEMPLATE = read()
ALARMS = alarms(TEMPLATE)
PATTERN = TEMPLATE["Parameters"]["AlarmsOff"]["AllowedPattern"]
UNDOING = {
    "CanaryErrorsAlarm",
    "CanaryDurationAlarm",
    "CanaryFaultsAlarm",
    "CanaryViolationsAlarm",
    "RejectionsAlarm",
}
"""The alarms of which CodeDeploy or CloudFormation takes the state, whatever actions they have."""
NOT_BY_TRAFFIC = {
    ("AWS/Lambda", "ConcurrentExecutions"),
    ("AWS/Lambda", "ProvisionedConcurrencyUtilization"),
    ("AWS/DynamoDB", "ConsumedReadCapacityUnits"),
    ("AWS/DynamoDB", "ConsumedWriteCapacityUnits"),
    ("AWS/DynamoDB", "WriteThrottleEvents"),
}
"""What the dashboard shows and no test makes."""


@pytest.mark.parametrize("name", ALARMS)
def test_one_alarm_can_be_turned_off(name: str) -> None:
    default = alarm_properties(TEMPLATE)
    changed = alarm_properties(TEMPLATE, AlarmsOff=name)
    assert {each for each in default if default[each] != changed[each]} == {name}
    told = "AlarmActions" in default[name]
    assert default[name].get("ActionsEnabled") is (True if told else None)
    assert changed[name].get("ActionsEnabled") is (False if told else None)


@pytest.mark.parametrize("name", sorted(UNDOING))
def test_what_is_off_undoes_nothing(name: str) -> None:
    failing = Version(600, errors=600, slow=600)
    worst = Minute(failing, faults=0, violations=600)
    refused = Minute(refused=600)
    minutes = [*[Minute(Version(600))] * 15, *[worst] * 15, *[refused] * 15]
    metrics = metrics_of(minutes)
    assert any(alarms(TEMPLATE)[name].states(metrics, len(minutes)))
    off = alarms(TEMPLATE, AlarmsOff=f"SlowBurnAlarm,{name}")
    assert not any(off[name].states(metrics, len(minutes)))


def test_a_name_within_another_name_is_not_turned_off() -> None:
    """ErrorsAlarm is in CanaryErrorsAlarm."""
    off = alarm_properties(TEMPLATE, AlarmsOff="CanaryErrorsAlarm")
    assert off["ErrorsAlarm"]["ActionsEnabled"] is True


@pytest.mark.parametrize("value", ["", *ALARMS, ",".join(ALARMS)])
def test_a_list_of_alarms_is_accepted(value: str) -> None:
    assert re.fullmatch(PATTERN, value)


@pytest.mark.parametrize(
    "value", ["FaultAlarm", "Faults", "FaultsAlarm,", ",FaultsAlarm", "FaultsAlarm ThrottlesAlarm"]
)
def test_a_misspelt_list_is_refused(value: str) -> None:
    assert not re.fullmatch(PATTERN, value)


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({}, []),
        ({"AlarmTopicArn": "arn"}, ["arn"]),
        ({"AlarmEmail": "a@b"}, ["alarmtopic"]),
        ({"AlarmTopicArn": "arn", "AlarmEmail": "a@b"}, ["arn", "alarmtopic"]),
    ],
    ids=["nobody", "a topic", "an address", "both"],
)
def test_alarms_tell_those_who_are_named(parameters: dict[str, str], told: list[str]) -> None:
    for name, properties in alarm_properties(TEMPLATE, **parameters).items():
        if name.startswith("Canary"):
            assert "AlarmActions" not in properties
        else:
            assert properties["AlarmActions"] == told
            # It cannot know that what it compares with has come back.
            assert properties.get("OKActions") == (None if name == "RejectionsAlarm" else told)


@pytest.mark.parametrize(("budget", "rings"), [(1, False), (0.1, True), (0.01, True)])
def test_faults_are_compared_with_the_error_budget(budget: float, rings: bool) -> None:
    def conditions(_: int) -> Conditions:
        return Conditions(fault=0.005)

    minutes = observed(conditions, 100, 60, seed=1)
    metrics = metrics_of(minutes)
    found = alarms(TEMPLATE, ErrorBudget=str(budget))
    for name in ("SlowBurnAlarm", "CanaryFaultsAlarm"):
        assert any(found[name].states(metrics, len(minutes))) is rings, name
    fast = any(found["FaultsAlarm"].states(metrics, len(minutes)))
    assert fast is (budget == 0.01)


def test_the_alarms_for_rollback_triggers_are_in_the_outputs() -> None:
    outputs = TEMPLATE["Outputs"]
    assert outputs["FaultsAlarmArn"]["Value"] == {"Fn::GetAtt": ["CanaryFaultsAlarm", "Arn"]}
    assert outputs["RejectionsAlarmArn"]["Value"] == {"Fn::GetAtt": ["RejectionsAlarm", "Arn"]}


def test_codedeploy_gets_each_canary_alarm_once() -> None:
    """AWS::CodeDeploy::DeploymentGroup Alarm: each name once."""
    on = TEMPLATE["Resources"]["Function"]["Properties"]["DeploymentPreference"]["Alarms"]["Fn::If"]
    assert sorted(each["Ref"] for each in on[1]) == sorted(
        name for name in ALARMS if name.startswith("Canary")
    )


def dashboard_metrics() -> set[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """A dashboard writes `.` and `...` for what is as in the metric before."""
    text, names = TEMPLATE["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    assert names.keys() == {"TableName"}
    values = {"StageName": STAGE, "TableName": referred("Table")}
    body = json.loads(
        re.sub(r"\$\{([^}]+)\}", lambda found: values.get(found[1]) or referred(found[1]), text)
    )
    metrics = set()
    for widget in body["widgets"]:
        before: list[Any] = []
        for stated in widget["properties"].get("metrics", []):
            entry = [each for each in stated if isinstance(each, str)]
            if entry[0] == "...":
                entry = before
            before = [
                old if new == "." else new
                for old, new in zip(before + [""] * len(entry), entry, strict=False)
            ]
            pairs = sorted(zip(before[2::2], before[3::2], strict=True))
            metrics.add((before[0], before[1], tuple(pairs)))
    return metrics


def test_the_dashboard_shows_metrics_that_are_written() -> None:
    written = metrics_of(observed(lambda _: HEALTHY, 1, 1, seed=1))
    shown = dashboard_metrics()
    assert len(shown) > 12
    assert {each for each in shown if each[:2] not in NOT_BY_TRAFFIC} <= written.keys()


@pytest.mark.parametrize("source", SOURCES)
def test_a_new_project_has_the_same_alarms_but_those_of_the_table(
    source: str, tmp_path: Path
) -> None:
    found = alarms(read(new_project(tmp_path, source) / "template.yaml"))
    assert found == {
        name: alarm
        for name, alarm in ALARMS.items()
        if name not in ("TableThrottlesAlarm", "MalformedItemsAlarm")
    }
