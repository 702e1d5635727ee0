"""Rollback triggers: alarms that undo an update of the stack while it runs and for some minutes
after it (AWS: using-cfn-rollback-triggers, API_RollbackConfiguration).

They are the stack's own alarms on the rates of 4XX and 5XX. CloudFormation keeps triggers for later
updates, and fails an update whose triggers are gone; so each deployment sends the present ones, or
an empty list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from openapi_first.deployment.account.aws import Account, Refused
from openapi_first.deployment.stack.description import Stack, resources

NONE: Mapping[str, Any] = {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0}
MOST_MINUTES = 180
_MOST_TRIGGERS = 5
_ALARM = "AWS::CloudWatch::Alarm"
_METRICS = {"4XXError", "5XXError"}


def minutes(text: str) -> int:
    """Parses MONITOR. Raises Refused."""
    if text.isascii() and text.isdigit() and int(text) <= MOST_MINUTES:
        return int(text)
    raise Refused(f"MONITOR={text} is not a number of minutes from 0 to {MOST_MINUTES}.")


def configuration(account: Account, stack: Stack | None, monitor: int) -> Mapping[str, Any]:
    """The RollbackConfiguration of the next change set, where 0 minutes are no triggers.

    A new stack has no alarms yet. Raises Refused if one of the alarms rings already, since
    CloudFormation would then undo the deployment.
    """
    if stack is None or monitor == 0:
        return NONE
    alarms = list(_alarms(account, stack))
    ringing = [alarm["AlarmName"] for alarm in alarms if alarm["StateValue"] == "ALARM"]
    if ringing:
        raise Refused(
            f"{' and '.join(ringing)} would undo this deployment, because it is in ALARM: correct "
            "the cause first, or deploy the correction with MONITOR=0."
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


def _alarms(account: Account, stack: Stack) -> Iterator[Mapping[str, Any]]:
    names = [each.id for each in resources(account, stack.id) if each.type == _ALARM and each.id]
    if not names:
        return
    found = account.call("cloudwatch", "describe_alarms", AlarmNames=names, MaxRecords=100)
    watching = [alarm for alarm in found["MetricAlarms"] if _METRICS & set(_metrics_of(alarm))]
    yield from sorted(watching, key=lambda alarm: str(alarm["AlarmName"]))[:_MOST_TRIGGERS]


def _metrics_of(alarm: Mapping[str, Any]) -> Iterator[str]:
    yield alarm.get("MetricName", "")
    for query in alarm.get("Metrics", []):
        yield query.get("MetricStat", {}).get("Metric", {}).get("MetricName", "")
