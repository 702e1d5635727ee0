"""API keys and usage plans of a template become those of the stage, as AWS would make them."""

from __future__ import annotations

from typing import Any

import pytest

from openapi_first.serving.errors import CannotServe
from openapi_first.serving.templates.keys import declared_keys
from openapi_first.stage.usage.usage_plans import Quota, Throttle
from openapi_first.templates.model import DeclaredApi

LOCAL = "local-key-of-this-machine"


def api(keys: dict[str, Any], plan: dict[str, Any] | None = None) -> DeclaredApi:
    plans = {} if plan is None else {"Plan": {"KeyIds": list(keys), **plan}}
    return DeclaredApi(
        logical_id="Api", document={}, stage="live", api_keys=keys, usage_plans=plans
    )


def test_without_a_key_in_the_template_the_local_one_is_accepted_and_nothing_is_metered() -> None:
    found = declared_keys(api({}), LOCAL)
    assert ([each.value for each in found.keys], found.plans) == ([LOCAL], None)


def test_a_key_without_a_value_gets_one_that_stays_the_same() -> None:
    keys = {"A": {"Enabled": True}, "B": {"Enabled": "true"}, "C": {"Value": "c" * 20}}
    found = declared_keys(api(keys), LOCAL)
    assert [each.value for each in found.keys] == [LOCAL, f"{LOCAL}-B", "c" * 20]
    assert [each.enabled for each in found.keys] == [True, True, False]
    assert found.notes == ("the API key C is disabled: as on AWS, it needs `Enabled: true`",)


def test_a_plan_has_its_throttles_and_its_quota_also_as_strings() -> None:
    methods = {"/a/GET": {"RateLimit": 1, "BurstLimit": 2}}
    written = {
        "Throttle": {"RateLimit": "10", "BurstLimit": "20"},
        "Quota": {"Limit": "1000", "Period": "MONTH"},
        "ApiStages": [{"Stage": "live", "Throttle": methods}],
    }
    [plan] = declared_keys(api({"A": {}}, written), LOCAL).plans or ()
    assert (plan.keys, plan.throttle, plan.quota) == (
        ("A",),
        Throttle(10, 20),
        Quota(1000, "MONTH"),
    )
    assert plan.methods == {"/a/GET": Throttle(1, 2)}


@pytest.mark.parametrize(
    ("keys", "plan", "said"),
    [
        ({"A": {"Value": "short"}}, {}, "the API key A: .*20 to 128 characters"),
        ({"A": {}}, {"Quota": {"Limit": 1, "Period": "YEAR"}}, "Plan: Quota.Period has to be one"),
        ({"A": {}}, {"Throttle": {"RateLimit": "fast"}}, "Throttle.RateLimit has to be a number"),
        (
            {"A": {}},
            {"Quota": {"Limit": 1, "Period": "DAY", "Offset": 2}},
            "Plan: Quota the offset",
        ),
    ],
)
def test_what_aws_would_refuse_names_the_resource(keys: Any, plan: Any, said: str) -> None:
    with pytest.raises(CannotServe, match=said):
        declared_keys(api(keys, plan), LOCAL)
