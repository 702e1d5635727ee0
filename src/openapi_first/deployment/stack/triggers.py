"""Rollback triggers: alarms that undo an update of the stack while it runs and for some minutes
after it (AWS: using-cfn-rollback-triggers, API_RollbackConfiguration).

They are the stack's own alarms on the rates of 4XX and 5XX. CloudFormation keeps triggers for later
updates, and fails an update whose triggers are gone; so each deployment sends the present ones, or
an empty list.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from openapi_first.deployment.account.aws import Account, Refused
from openapi_first.deployment.stack.description import Stack, resources

NONE: Mapping[str, Any] = {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0}
MOST_MINUTES = 180
_MOST_TRIGGERS = 5
_ALARM = "AWS::CloudWatch::Alarm"
_METRICS = {"4XXError", "5XXError"}
_LONGEST = 900
"""Seconds that an alarm may look back: one that looks back for hours judges what was before."""


def minutes(text: str) -> int:
    """Parses MONITOR. Raises Refused."""
    if text.isascii() and text.isdigit() and int(text) <= MOST_MINUTES:
        return int(text)
    raise Refused(f"MONITOR={text} is not a number of minutes from 0 to {MOST_MINUTES}.")


def configuration(
    account: Account, stack: Stack | None, monitor: int, parameters: Mapping[str, str]
) -> Mapping[str, Any]:
    """The RollbackConfiguration of the next change set, without triggers if `monitor` is 0.

    A new stack has no alarms yet, and the template's RollbackAlarms and AlarmsOff count here, too.
    Raises Refused if one of the alarms rings already, since CloudFormation would then undo the
    deployment.
    """
    if stack is None or monitor == 0 or parameters.get("RollbackAlarms") == "off":
        return NONE
    alarms = _alarms(account, stack, parameters.get("AlarmsOff", "").split(","))
    ringing = [alarm["AlarmName"] for alarm in alarms if alarm["StateValue"] == "ALARM"]
    if ringing:
        raise Refused(
            f"{' and '.join(ringing)} would undo this deployment, because it is in ALARM: correct "
            "the cause first, or deploy the correction with PARAMETERS='RollbackAlarms=off', and "
            "set it to on again afterwards."
        )
    if not alarms:
        return NONE
    return {
        "RollbackTriggers": [{"Arn": alarm["AlarmArn"], "Type": _ALARM} for alarm in alarms],
        "MonitoringTimeInMinutes": monitor,
    }


def as_variable(stack: str, rollback: Mapping[str, Any]) -> dict[str, str]:
    """The variable that `sam_with_triggers` reads."""
    return {"ROLLBACK_CONFIGURATION": json.dumps({"stack": stack, "configuration": rollback})}


def _alarms(account: Account, stack: Stack, off: list[str]) -> list[Mapping[str, Any]]:
    names = [
        each.id
        for each in resources(account, stack.id)
        if each.type == _ALARM and each.id and each.logical_id not in off
    ]
    if not names:
        return []
    found = account.call("cloudwatch", "describe_alarms", AlarmNames=names, MaxRecords=100)
    watching = [alarm for alarm in found["MetricAlarms"] if _is_trigger(alarm)]
    return sorted(watching, key=lambda alarm: str(alarm["AlarmName"]))[:_MOST_TRIGGERS]


def _is_trigger(alarm: Mapping[str, Any]) -> bool:
    statistics = [
        query["MetricStat"] for query in alarm.get("Metrics", []) if "MetricStat" in query
    ]
    metrics = {alarm.get("MetricName"), *(each["Metric"]["MetricName"] for each in statistics)}
    periods = [alarm.get("Period", 0), *(each["Period"] for each in statistics)]
    return bool(_METRICS & metrics) and max(periods) * alarm["EvaluationPeriods"] <= _LONGEST
