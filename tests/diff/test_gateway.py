"""Changes of what the contract says to API Gateway."""

from __future__ import annotations

from pathlib import Path

import pytest

from diff.comparing import MAKE, Case, Document, assert_rules, base, compared, edit, rules, thing
from openapi_first.aws.extensions import (
    ANY_METHOD,
    API_KEY_SOURCE,
    AUTHORIZER,
    GATEWAY_RESPONSES,
    INTEGRATION,
    MINIMUM_COMPRESSION_SIZE,
    POLICY,
)

KEY = ("components", "securitySchemes", "key")
READER = {"type": "request", "identitySource": "method.request.header.X-Key"}

CASES: list[Case] = [
    ("policy", [], [edit(POLICY, to={"Statement": []})], {"access-changed"}, {"access-widened"}),
    (
        "source of keys",
        [],
        [edit(API_KEY_SOURCE, to="AUTHORIZER")],
        {"access-changed"},
        {"access-changed"},
    ),
    (
        "what an authorizer reads",
        [edit(*KEY, AUTHORIZER, to=READER)],
        [
            edit(*KEY, AUTHORIZER, to={**READER, "identitySource": "method.request.header.Token"}),
        ],
        {"access-changed"},
        {"access-changed"},
    ),
    (
        "what an authorizer is cached for",
        [edit(*KEY, AUTHORIZER, to=READER)],
        [edit(*KEY, AUTHORIZER, to={**READER, "authorizerResultTtlInSeconds": 0})],
        {"gateway-setting-changed"},
        {"gateway-setting-changed"},
    ),
    (
        "integration",
        [],
        [edit(*MAKE, INTEGRATION, to={"timeoutInMillis": 3000})],
        {"integration-changed"},
        {"integration-changed"},
    ),
    (
        "gateway responses",
        [],
        [edit(GATEWAY_RESPONSES, to={"DEFAULT_5XX": {"statusCode": "503"}})],
        {"gateway-responses-changed"},
        {"gateway-responses-changed"},
    ),
    (
        "compression",
        [],
        [edit(MINIMUM_COMPRESSION_SIZE, to=100)],
        {"gateway-setting-changed"},
        {"gateway-setting-changed"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_each_class_of_change_has_its_rule(case: Case, tmp_path: Path) -> None:
    assert_rules(case, tmp_path)


def test_the_operation_for_every_method_serves_what_was_an_operation_of_its_own(
    tmp_path: Path,
) -> None:
    def everything(document: Document) -> Document:
        paths = document["paths"]["/things/{id}"]
        paths[ANY_METHOD] = paths.pop("post")
        return document

    assert rules(compared(tmp_path, base(), everything(base()))) == {"operation-added"}
    assert rules(compared(tmp_path, everything(base()), base())) == {"operation-removed"}
    new = everything(base())
    thing_of_all = new["paths"]["/things/{id}"][ANY_METHOD]
    thing_of_all["parameters"][1]["required"] = True
    found = compared(tmp_path, base(), new)
    assert {each.operation for each in found if each.breaking} == {"POST /things/{id}"}
    assert thing(base())["operationId"] == thing_of_all["operationId"]
