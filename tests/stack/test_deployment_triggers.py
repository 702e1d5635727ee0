"""Which alarms undo an update of a stack."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from openapi_first.deployment.account.aws import connect
from openapi_first.deployment.account.failures import Refused
from openapi_first.deployment.account.samconfig import Saved
from openapi_first.deployment.stack import description, triggers
from openapi_first.import_document.document import import_document
from openapi_first.openapi.loader import load
from stack.template import ROOT
from support.aws_account.account import AwsAccount
from support.aws_account.packaging import deployed


@pytest.fixture(autouse=True)
def standing(account: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in account.environment.items():
        monkeypatch.setenv(name, value)
    deployed(account, "items", import_document(load(ROOT / "openapi.yaml")))


def chosen(monitor: int = 7, parameters: Mapping[str, str] | None = None) -> list[str]:
    """The logical ids of the alarms."""
    account = connect(Saved())
    stack = description.find(account, "items")
    assert stack is not None
    found = triggers.configuration(account, stack, monitor, parameters or {})
    expected = monitor if found["RollbackTriggers"] else 0
    assert found["MonitoringTimeInMinutes"] == expected
    names = {each.id: each.logical_id for each in description.resources(account, stack.id)}
    return [names[each["Arn"].rpartition(":")[2]] for each in found["RollbackTriggers"]]


def test_alarms_on_errors_of_the_api_are_triggers_and_the_others_are_not() -> None:
    assert "FaultsAlarm" in chosen()
    assert "ThrottlesAlarm" not in chosen()
    assert "ErrorsAlarm" not in chosen()


def test_what_is_turned_off_is_no_trigger() -> None:
    assert "FaultsAlarm" not in chosen(parameters={"AlarmsOff": "ThrottlesAlarm,FaultsAlarm"})
    assert chosen(parameters={"RollbackAlarms": "off"}) == []
    assert chosen(monitor=0) == []


def test_an_alarm_that_looks_back_for_hours_is_no_trigger(account: AwsAccount) -> None:
    name = account.stack("items").resources["FaultsAlarm"].physical_id
    account.region().alarms.alarms[name]["EvaluationPeriods"] = 60
    assert "FaultsAlarm" not in chosen()


def test_an_alarm_that_rings_is_said_unless_it_is_no_trigger(account: AwsAccount) -> None:
    name = account.stack("items").resources["FaultsAlarm"].physical_id
    account.region().alarms.states[name] = "ALARM"
    with pytest.raises(Refused, match=f"{name} would undo this deployment"):
        chosen()
    assert chosen(monitor=0) == []
    assert "FaultsAlarm" not in chosen(parameters={"AlarmsOff": "FaultsAlarm"})


def test_a_new_stack_has_no_alarms_yet() -> None:
    assert triggers.configuration(connect(Saved()), None, 7, {}) == triggers.NONE
