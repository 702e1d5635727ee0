"""Changes of request bodies, responses, their media types and headers."""

from __future__ import annotations

from pathlib import Path

import pytest

from diff.comparing import BODY, MAKE, OK, PARTS, REPLY, STRING, Case, assert_rules, edit

CASES: list[Case] = [
    (
        "body",
        [edit(*MAKE, "requestBody", to=None)],
        [],
        {"request-body-added-optional"},
        {"request-body-removed"},
    ),
    (
        "required body",
        [edit(*MAKE, "requestBody", to=None)],
        [edit(*MAKE, "requestBody", "required", to=True)],
        {"request-body-added-required"},
        {"request-body-removed"},
    ),
    (
        "body required",
        [],
        [edit(*MAKE, "requestBody", "required", to=True)],
        {"request-body-made-required"},
        {"request-body-made-optional"},
    ),
    (
        "media type taken",
        [],
        [edit(*MAKE, "requestBody", "content", "text/plain", to=STRING)],
        {"request-media-type-added"},
        {"request-media-type-removed"},
    ),
    (
        "media type made a range",
        [edit(*MAKE, "requestBody", "content", to={"text/plain": STRING})],
        [edit(*MAKE, "requestBody", "content", to={"text/*": STRING})],
        {"request-media-type-added"},
        {"request-media-type-removed", "request-media-type-added"},
    ),
    (
        "encoding",
        [edit(*MAKE, "requestBody", "content", to={"multipart/form-data": {"schema": PARTS}})],
        [
            edit(
                *MAKE,
                "requestBody",
                "content",
                to={
                    "multipart/form-data": {
                        "schema": PARTS,
                        "encoding": {"a": {"contentType": "application/json"}},
                    }
                },
            )
        ],
        {"request-encoding-changed"},
        {"request-encoding-changed"},
    ),
    (
        "error response",
        [],
        [edit(*MAKE, "responses", "404", to=None)],
        {"response-error-removed"},
        {"response-added"},
    ),
    (
        "success response",
        [edit(*MAKE, "responses", "202", to={"description": "Later."})],
        [],
        {"response-removed"},
        {"response-added"},
    ),
    (
        "status covered by a range",
        [],
        [
            edit(*MAKE, "responses", "404", to=None),
            edit(*MAKE, "responses", "4XX", to={"description": "It does not exist."}),
        ],
        {"response-added"},
        {"response-error-removed"},
    ),
    (
        "media type answered",
        [],
        [edit(*OK, "content", "text/plain", to=STRING)],
        {"response-media-type-added"},
        {"response-media-type-removed"},
    ),
    (
        "response header",
        [],
        [edit(*OK, "headers", "Age", to=STRING)],
        {"response-header-added"},
        {"response-header-removed"},
    ),
    (
        "response header required",
        [],
        [edit(*OK, "headers", "ETag", "required", to=False)],
        {"response-header-made-optional"},
        {"response-header-made-required"},
    ),
    (
        "response header type",
        [],
        [edit(*OK, "headers", "ETag", "schema", to={"type": "string", "maxLength": 9})],
        {"response-max-length-narrowed"},
        {"response-max-length-widened"},
    ),
    (
        "response header spelling",
        [],
        [edit(*OK, "headers", "ETag", "explode", to=True)],
        {"response-header-style-changed"},
        {"response-header-style-changed"},
    ),
    (
        "request default",
        [edit(*BODY, to={"type": "string"})],
        [edit(*BODY, to={"type": "string", "default": "a"})],
        {"request-default-changed"},
        {"request-default-changed"},
    ),
    (
        "response default",
        [edit(*REPLY, to={"type": "string"})],
        [edit(*REPLY, to={"type": "string", "default": "a"})],
        {"response-default-changed"},
        {"response-default-changed"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_each_class_of_change_has_its_rule(case: Case, tmp_path: Path) -> None:
    assert_rules(case, tmp_path)
