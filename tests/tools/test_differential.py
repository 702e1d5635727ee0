"""The compiled contract and openapi-core agree, but for differences that have a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from differential.comparison import Tally, compare
from differential.differences import NAMES
from differential.exchanges import Case, cases
from differential.judges import Compiled, Reference
from differential.verdict import Verdict
from differential.wire import Answer, Sent, multipart

ROOT = Path(__file__).parents[2]
FORM = "application/x-www-form-urlencoded"


def test_both_judges_agree_on_generated_requests_and_answers() -> None:
    tally = Tally()
    chosen = settings(phases=[Phase.generate], suppress_health_check=list(HealthCheck))

    @chosen
    @given(cases())
    def all_agree(case: Case) -> None:
        compare(case, tally)
        assert not tally.disagreements, str(tally.disagreements[0])

    all_agree()
    assert tally.total >= 8 * chosen.max_examples


def test_each_difference_is_written_down() -> None:
    text = (ROOT / "docs" / "differences.md").read_text()
    assert tuple(re.findall(r"^\| `([a-z0-9.-]+)` \|", text, re.MULTILINE)) == NAMES


TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
MEMBERS = {"type": "object", "properties": {"a": TEXT, "b": WHOLE}}
ANSWER = Answer(200, {})


def case_of(
    *parameters: dict[str, Any],
    content: dict[str, Any] | None = None,
    openapi: str = "3.0.0",
    answer: Any = None,
) -> Case:
    operation: dict[str, Any] = {
        "operationId": "call",
        "parameters": [{"style": "form", "explode": True, **each} for each in parameters],
        "responses": {
            "200": {"description": "", "content": {"application/json": {"schema": answer or {}}}}
        },
    }
    if content:
        operation["requestBody"] = {"content": content}
    return Case(
        {
            "openapi": openapi,
            "info": {"title": "t", "version": "1"},
            "paths": {"/things": {"post": operation}},
            "components": {"schemas": {}},
        },
        [],
        [ANSWER],
    )


def query(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "p", "in": "query", "schema": schema, **more}


def in_path(style: str, schema: dict[str, Any]) -> Case:
    parameter = {"name": "p", "in": "path", "required": True, "style": style, "schema": schema}
    document = case_of({**parameter, "explode": False}).document
    return Case({**document, "paths": {"/things/{p}": document["paths"]["/things"]}}, [], [ANSWER])


EXCUSED: list[tuple[str, Case, Sent, bool]] = [
    ("numerals", case_of(query(WHOLE)), Sent(query=[("p", "1_000")]), False),
    ("booleans", case_of(query({"type": "boolean"})), Sent(query=[("p", "yes")]), False),
    ("repeated-parameters", case_of(query(TEXT)), Sent(query=[("p", "a"), ("p", "b")]), False),
    ("missing-operators", in_path("label", WHOLE), Sent(path={"p": "x5"}), False),
    (
        "incomplete-objects",
        case_of({"name": "p", "in": "header", "schema": MEMBERS, "style": "simple",
                 "explode": False}),
        Sent(headers={"p": "a,x,b"}),
        False,
    ),
    (
        "empty-objects",
        case_of({"name": "p", "in": "header", "schema": MEMBERS, "style": "simple"}),
        Sent(headers={"p": ""}),
        True,
    ),
    (
        "equals-signs-in-members",
        case_of({"name": "p", "in": "header", "schema": MEMBERS, "style": "simple"}),
        Sent(headers={"p": "a=YQ=="}),
        True,
    ),
    ("empty-query-values", case_of(query(TEXT)), Sent(query=[("p", "")]), True),
    (
        "undeclared-form-members",
        case_of(content={FORM: {"schema": {**MEMBERS, "additionalProperties": False}}}),
        Sent(body=b"a=x&c=1", content_type=FORM),
        False,
    ),
    (
        "charsets",
        case_of(content={"text/plain": {"schema": TEXT}}),
        Sent(body=b"\xff", content_type="text/plain"),
        False,
    ),
    (
        "strict-json",
        case_of(content={"application/json": {"schema": MEMBERS}}),
        Sent(body=b'{"a": "x", "a": "y"}', content_type="application/json"),
        False,
    ),
    (
        "byte-in-other-letters",
        case_of(
            content={
                "application/json": {"schema": {"anyOf": [{**TEXT, "format": "byte"}, TEXT]}}
            }
        ),
        Sent(body='"é"'.encode(), content_type="application/json"),
        True,
    ),
    (
        "values-for-objects",
        case_of(query(MEMBERS, style="deepObject")),
        Sent(query=[("p", "x")]),
        False,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "case", "request_", "kept"), EXCUSED, ids=[each[0] for each in EXCUSED]
)
def test_an_excused_difference_is_there(
    name: str, case: Case, request_: Sent, kept: bool, tmp_path: Path
) -> None:
    """When openapi-core changes, its entry has to go."""
    ours, theirs = Compiled(case, tmp_path).request(request_), Reference(case).request(request_)
    assert (ours.kept, theirs.kept) == (kept, not kept)
    tally = Tally()
    compare(Case(case.document, [request_], case.answers), tally)
    assert tally.excused == {name: 1}
    assert not tally.disagreements


HELPED: list[tuple[str, Case, Sent | Answer, bool]] = [
    (
        "media-type-ranges",
        case_of(content={"application/*": {"schema": {"type": "object"}}}),
        Sent(body=b"{}", content_type="application/json"),
        True,
    ),
    (
        "style-operators-in-names",
        in_path("label", WHOLE),
        Sent(path={"p": ".5"}),
        True,
    ),
    (
        "space-delimited",
        case_of(query({"type": "array", "items": WHOLE}, style="spaceDelimited", explode=False)),
        Sent(query=[("p", "1 2")]),
        True,
    ),
    (
        "exploded-form-objects",
        case_of(query({**MEMBERS, "required": ["a"]}, required=True)),
        Sent(query=[("a", "x"), ("b", "5")]),
        True,
    ),
    (
        "type-arrays-of-parameters",
        case_of(query({"type": ["integer", "null"]}), openapi="3.1.0"),
        Sent(query=[("p", "5")]),
        True,
    ),
    (
        "direction-in-3.1",
        case_of(
            openapi="3.1.0",
            answer={"type": "object", "required": ["w"],
                    "properties": {"w": {**TEXT, "writeOnly": True}}},
        ),
        Answer(200, {}),
        True,
    ),
    (
        "prefix-items",
        case_of(
            content={
                "application/json": {
                    "schema": {"type": "array", "prefixItems": [WHOLE], "items": TEXT}
                }
            },
            openapi="3.1.0",
        ),
        Sent(body=b"[1]", content_type="application/json"),
        True,
    ),
    (
        "nested-names",
        case_of(
            query(
                {"type": "object", "properties": {"a": {"type": "array", "items": WHOLE}}},
                style="deepObject",
                **{"x-nested": True},
            )
        ),
        Sent(query=[("p[a][]", "1")], nested={"p": {"a": [1]}}),
        True,
    ),
    (
        "multipart-members",
        case_of(content={"multipart/form-data": {"schema": MEMBERS}}),
        Sent(body=multipart({"b": 5}), content_type="multipart/form-data; boundary=B"),
        True,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "case", "subject", "kept"), HELPED, ids=[each[0] for each in HELPED]
)
def test_where_openapi_core_is_helped_it_cannot_do_without(
    name: str, case: Case, subject: Sent | Answer, kept: bool, tmp_path: Path
) -> None:
    ours, alone = Compiled(case, tmp_path), Reference(case, helped=False)
    if isinstance(subject, Sent):
        verdicts: Iterator[Verdict] = iter((ours.request(subject), alone.request(subject)))
    else:
        verdicts = iter((ours.answer(subject, Sent()), alone.answer(subject, Sent())))
    assert [verdict.kept for verdict in verdicts] == [kept, not kept]


def test_every_difference_has_a_test() -> None:
    assert tuple(each[0] for each in (*HELPED, *EXCUSED)) == NAMES
