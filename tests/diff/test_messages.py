"""Changes of request bodies, responses, their media types and headers."""

from __future__ import annotations

from pathlib import Path

import pytest

from diff.comparing import (
    BODY,
    MAKE,
    OBJECT,
    OK,
    PARTS,
    REPLY,
    STRING,
    Case,
    Document,
    assert_rules,
    edit,
)

NUMBERS = {"type": "array", "items": {"type": "integer"}}
EMPTY: Document = {"schema": {}}
ERROR = {"description": "Failed.", "content": {"application/json": {"schema": OBJECT}}}

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
        {"request-media-type-removed"},
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
        "media type with a parameter that JSON does not have",
        [],
        [
            edit(*MAKE, "requestBody", "content", "application/json", to=None),
            edit(*MAKE, "requestBody", "content", 'Application/JSON; Charset="UTF-8"', to=EMPTY),
            edit(*OK, "content", "application/json", to=None),
            edit(*OK, "content", "application/json;charset=utf-8", to=EMPTY),
        ],
        set(),
        set(),
    ),
    (
        "one media type of a range answered",
        [edit(*OK, "content", to={"application/*": EMPTY})],
        [],
        {"response-media-type-narrowed"},
        {"response-media-type-widened"},
    ),
    (
        "one success of a range",
        [edit(*MAKE, "responses", to={"2XX": {"description": "Made."}})],
        [edit(*MAKE, "responses", to={"200": {"description": "Made."}})],
        {"response-status-narrowed"},
        {"response-added"},
    ),
    (
        "a default for errors does not stand for a success",
        [edit(*MAKE, "responses", "default", to=ERROR)],
        [
            edit(*MAKE, "responses", "default", to=ERROR),
            edit(*MAKE, "responses", "202", to={"description": "Later."}),
        ],
        {"response-added"},
        {"response-removed"},
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
        set(),
        set(),
    ),
    (
        "response header spelling of an object",
        [edit(*OK, "headers", "ETag", "schema", to=OBJECT)],
        [
            edit(*OK, "headers", "ETag", "schema", to=OBJECT),
            edit(*OK, "headers", "ETag", "explode", to=True),
        ],
        {"response-header-style-changed"},
        {"response-header-style-changed"},
    ),
    (
        "response header with one value, not several",
        [edit(*OK, "headers", "ETag", "schema", to=NUMBERS)],
        [edit(*OK, "headers", "ETag", "schema", to={"type": "integer"})],
        {"response-header-made-single"},
        {"response-type-changed"},
    ),
    (
        "request default",
        [edit(*BODY, to={"type": "string"})],
        [edit(*BODY, to={"type": "string", "default": "a"})],
        {"request-body-default-changed"},
        {"request-body-default-changed"},
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
