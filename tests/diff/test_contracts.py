"""Operations, their life cycle, and what belongs to the whole document."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml

from diff.comparing import MAKE, TODAY, Case, assert_rules, base, compared, edit, rules
from openapi_first.diff.contracts import compare_contracts
from openapi_first.openapi.loader import load

ROOT = Path(__file__).parents[2]
CASES: list[Case] = [
    (
        "operation",
        [],
        [edit("paths", "/others", to=None)],
        {"operation-removed"},
        {"operation-added"},
    ),
    (
        "operationId",
        [],
        [edit(*MAKE, "operationId", to="put")],
        {"operation-id-changed"},
        {"operation-id-changed"},
    ),
    (
        "deprecated",
        [],
        [edit(*MAKE, "deprecated", to=True)],
        {"operation-deprecated"},
        {"operation-revived"},
    ),
    (
        "sunset",
        [edit(*MAKE, "x-sunset", to="2027-02-01")],
        [edit(*MAKE, "x-sunset", to="2027-01-01")],
        {"sunset-earlier"},
        {"sunset-later"},
    ),
    (
        "sunset announced",
        [],
        [edit(*MAKE, "x-sunset", to="2027-01-01")],
        {"sunset-added"},
        {"sunset-later"},
    ),
    (
        "callbacks",
        [],
        [
            edit(
                *MAKE,
                "callbacks",
                to={
                    "done": {
                        "{$request.body#/url}": {
                            "post": {
                                "operationId": "done",
                                "responses": {"200": {"description": "Taken."}},
                            }
                        }
                    }
                },
            )
        ],
        {"callbacks-changed"},
        {"callbacks-changed"},
    ),
    (
        "servers",
        [],
        [edit("servers", to=[{"url": "https://example.com"}])],
        {"servers-changed"},
        {"servers-changed"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_each_class_of_change_has_its_rule(case: Case, tmp_path: Path) -> None:
    assert_rules(case, tmp_path)


def test_webhooks_are_reported_but_not_compared(tmp_path: Path) -> None:
    hook = {"thing": {"post": {"operationId": "hook", "responses": {"200": {"description": "."}}}}}
    old, new = base("3.1.0"), {**base("3.1.0"), "webhooks": hook}
    assert rules(compared(tmp_path, old, new)) == {"webhooks-changed"}
    described = copy.deepcopy(new)
    described["webhooks"]["thing"]["post"]["description"] = "What happened."
    assert compared(tmp_path, new, described) == ()


def test_an_operation_past_its_sunset_may_go_and_still_takes_two_releases(tmp_path: Path) -> None:
    old, new = base(), base()
    old["paths"]["/others"]["get"].update({"deprecated": True, "x-sunset": "2026-11-24"})
    del new["paths"]["/others"]
    (change,) = compared(tmp_path, old, new)
    assert change.rule.id == "operation-removed-after-sunset"
    assert "takes two releases" in change.sentence
    old["paths"]["/others"]["get"]["x-sunset"] = TODAY.isoformat()
    (change,) = compared(tmp_path, old, new)
    assert change.breaking
    assert "takes two releases" in change.sentence


def test_a_contract_does_not_differ_from_itself_in_another_layout(tmp_path: Path) -> None:
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text())
    (tmp_path / "schemas.yaml").write_text(yaml.safe_dump(document["components"].pop("schemas")))
    text = yaml.safe_dump(document).replace("#/components/schemas/", "schemas.yaml#/")
    (tmp_path / "openapi.yaml").write_text(text)
    schemas = tmp_path / "schemas.yaml"
    schemas.write_text(schemas.read_text().replace("#/components/schemas/", "#/"))
    old, new = load(ROOT / "openapi.yaml"), load(tmp_path / "openapi.yaml")
    assert compare_contracts(old, new, today=TODAY) == ()
    assert compare_contracts(new, old, today=TODAY) == ()
