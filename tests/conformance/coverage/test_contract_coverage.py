"""What a contract's coverage counts, and what it says it does not count."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from openapi_first.conformance.coverage.contract_coverage import ContractCoverage
from openapi_first.conformance.coverage.observed_points import observed_points
from openapi_first.conformance.judging.request_reader import operation_readers
from openapi_first.conformance.model.coverage import Coverage, CoverageRecord, Point
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.reports.coverage import coverage_text, coverage_value, shortfall
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract
from support.documents import written

NAME = "POST /notes"
_FORM = {
    "type": "object",
    "required": ["kind", "file"],
    "properties": {
        "kind": {"type": "string", "enum": ["a", "b"]},
        "count": {"type": "integer", "minimum": 1},
        "file": {"type": "string", "contentMediaType": "application/pdf"},
        "meta": {"type": "object", "properties": {"n": {"type": "integer"}}},
    },
}
_MULTIPART = {"schema": _FORM, "encoding": {"file": {"contentType": "application/pdf, image/*"}}}


def contract_of(folder: Path, content: Any, **changes: Any) -> Contract:
    """A contract of one operation with this `content` of its body."""
    operation = {
        "operationId": "note",
        "requestBody": {"required": True, "content": content},
        "responses": {"201": {"description": "Kept."}, "4XX": {"description": "Not kept."}},
        **changes,
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/notes": {"post": operation}},
    }
    return load(written(folder, document))


def seen(contract: Contract, *requests: Request, status: int = 201) -> Coverage:
    """The coverage after these requests."""
    reader = operation_readers(contract)["note"]
    points: Counter[Point] = Counter()
    for request in requests:
        points.update(observed_points(reader, request, Response(status, (), b"")))
    record = CoverageRecord(contract.title, contract.version, points)
    return ContractCoverage.of(contract).compared(record)


def sent(body: bytes, media_type: str) -> Request:
    return Request("POST", "/notes", (("Content-Type", media_type),), body)


def multipart(*parts: tuple[str, str, str]) -> Request:
    """Parts are a name, a media type or "", and a text."""
    lines = []
    for name, media_type, text in parts:
        lines += ["--x", f'Content-Disposition: form-data; name="{name}"; filename="f"']
        lines += [*([f"Content-Type: {media_type}"] if media_type else []), "", text]
    body = "\r\n".join([*lines, "--x--", ""])
    return sent(body.encode(), "multipart/form-data; boundary=x")


def states(coverage: Coverage, aspect: str, subject: str) -> dict[str, bool]:
    """Each promised state of a subject, and whether it was seen."""
    return {
        point.state: coverage.count(point) > 0
        for point in coverage.points(NAME, aspect)
        if point.subject == subject
    }


def test_a_form_that_no_one_sent_is_not_covered(tmp_path: Path) -> None:
    coverage = seen(contract_of(tmp_path, {"multipart/form-data": _MULTIPART}))
    kind = "multipart/form-data kind"
    assert states(coverage, "field", kind) == dict.fromkeys(("absent", "valid", "invalid"), False)
    assert Point(NAME, "body", "multipart/form-data") in coverage.missing
    required = "body multipart/form-data#/required"
    assert set(states(coverage, "keyword", required)) == {"satisfied", "violated"}
    assert coverage.tally().percent == 0


def test_fields_keywords_and_encodings_of_a_form_are_seen(tmp_path: Path) -> None:
    contract = contract_of(tmp_path, {"multipart/form-data": _MULTIPART})
    good = multipart(
        ("kind", "", "a"), ("count", "", "1"), ("file", "image/png", "x"), ("meta", "", '{"n": 1}')
    )
    bad = multipart(("kind", "", "c"), ("count", "", "x"), ("meta", "", '{"n": "x"}'))
    coverage = seen(contract, good, bad)
    form = "multipart/form-data"
    assert states(coverage, "field", f"{form} kind") == {
        "absent": False, "valid": True, "invalid": True
    }  # fmt: skip
    assert states(coverage, "field", f"{form} count")["at minimum"]
    assert states(coverage, "field", f"{form} file") == {
        "absent": True, "valid": True, "as application/pdf": False, "as image/*": True
    }  # fmt: skip
    both = {"satisfied": True, "violated": True}
    assert states(coverage, "keyword", f"body {form}#/required") == both
    assert states(coverage, "keyword", f"body {form}#/properties/kind/enum") == both
    assert states(coverage, "keyword", f"body {form}#/properties/count/type") == both
    assert states(coverage, "keyword", f"body {form}#/properties/meta/properties/n/type") == both
    # No client can violate these: a form is an object, and a field without a type is a string.
    assert states(coverage, "keyword", f"body {form}#/type") == {"satisfied": True}
    assert states(coverage, "keyword", f"body {form}#/properties/kind/type") == {"satisfied": True}


def test_an_urlencoded_form_is_counted_as_well(tmp_path: Path) -> None:
    form = "application/x-www-form-urlencoded"
    schema = {"type": "object", "properties": {"n": {"type": "integer", "maximum": 3}}}
    contract = contract_of(tmp_path, {form: {"schema": schema}})
    requests = [sent(body, form) for body in (b"n=3", b"n=4", b"n=x", b"m=1", b"n=%ff", b"\xff")]
    coverage = seen(contract, *requests)
    assert states(coverage, "field", f"{form} n") == dict.fromkeys(
        ("absent", "valid", "at maximum", "invalid"), True
    )
    assert [each.subject for each in coverage.missing if each.operation == NAME] == ["4XX"]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ({"text/csv": {"schema": {"type": "string", "maxLength": 9}}}, "body text/csv"),
        ({"application/xml": {"schema": {"type": "object"}}}, "body application/xml"),
        ({"application/octet-stream": {}}, "body application/octet-stream"),
        ({"image/*": {}}, "body image/*"),
        ({"multipart/form-data": {}}, "body multipart/form-data"),
        (
            {"application/json": {"schema": {"type": "object", "unevaluatedProperties": False}}},
            "body application/json#/unevaluatedProperties",
        ),
        (
            {"application/json": {"schema": {"allOf": [{"minLength": 2}, {"minLength": 3}]}}},
            "body application/json#/minLength",
        ),
        (
            {
                "multipart/form-data": {
                    "schema": {"type": "object", "properties": {"a": {"type": "string"}}},
                    "encoding": {"a": {"headers": {"X-A": {"schema": {"type": "string"}}}}},
                }
            },
            "body multipart/form-data a: headers",
        ),
    ],
)
def test_what_cannot_be_counted_is_listed_with_its_reason(
    tmp_path: Path, content: Any, part: str
) -> None:
    coverage = seen(contract_of(tmp_path, content))
    (found,) = (each for each in coverage.uncounted if each.operation == NAME)
    assert (found.subject, bool(found.reason)) == (part, True)
    assert f"  {NAME} {part}: {found.reason}" in coverage_text(coverage)
    assert {"operation": NAME, "part": part, "reason": found.reason} in coverage_value(coverage)[
        "not_counted"
    ]


def test_callbacks_and_webhooks_are_listed(tmp_path: Path) -> None:
    callback = {"{$request.body#/url}": {"post": {"responses": {"200": {"description": "."}}}}}
    contract = contract_of(tmp_path, {"application/json": {}}, callbacks={"done": callback})
    coverage = seen(contract)
    assert next(each.subject for each in coverage.uncounted) == "callback done"


def test_a_minimum_does_not_pass_while_something_was_not_looked_at(tmp_path: Path) -> None:
    contract = contract_of(tmp_path, {"text/csv": {}}, responses={"201": {"description": "."}})
    coverage = seen(contract, sent(b"a", "text/csv"))
    assert [each.subject for each in coverage.missing] == ["MISSING_AUTHENTICATION_TOKEN"]
    coverage.record.seen[coverage.missing[0]] += 1
    assert coverage.headline == "100.0 % of what is counted; 2 points are not counted"
    assert coverage.gate == (3, 5)
    assert shortfall(coverage, 60) is None
    assert shortfall(coverage, 100) == (
        "Coverage is below 100 %: 60.0 % with the 2 points that are not counted taken as never "
        "seen."
    )


def test_promises_are_points_once_a_contract_test_has_run(tmp_path: Path) -> None:
    contract = contract_of(tmp_path, {"application/json": {}})
    definition = ContractCoverage.of(contract)
    without = definition.compared(CoverageRecord("t", "1", Counter()))
    assert without.points(aspect="promise") == ()
    assert [each.subject.partition(" ")[2] for each in without.uncounted] == ["promises"]
    seen = Counter({Point(NAME, "promise", "status"): 3})
    coverage = definition.compared(CoverageRecord("t", "1", seen))
    assert coverage.uncounted == ()
    assert coverage.tally(coverage.points(NAME, "promise")).seen == 1
    assert Point(NAME, "promise", "allowed") in coverage.missing


def test_default_and_ranges_are_declared(tmp_path: Path) -> None:
    declared = {"201": {"description": "."}, "4XX": {"description": "."}}
    responses = {**declared, "default": {"description": "."}}
    contract = contract_of(tmp_path, {"application/json": {}}, responses=responses)
    for status, found in ((201, "201"), (404, "4XX"), (503, "default"), (202, "default")):
        coverage = seen(contract, sent(b"1", "application/json"), status=status)
        assert coverage.undocumented == ()
        assert [
            point.subject for point in coverage.points(NAME, "status") if coverage.count(point)
        ] == [found]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("default",), True),
        (("201", "default"), True),
        (("201", "4XX", "default"), False),
        (("201", "400", "default"), False),
    ],
)
def test_default_counts_if_a_request_can_cause_it(
    tmp_path: Path, statuses: tuple[str, ...], expected: bool
) -> None:
    responses = {status: {"description": "."} for status in statuses}
    coverage = seen(contract_of(tmp_path, {"application/json": {}}, responses=responses))
    point = Point(NAME, "status", "default")
    assert (point in coverage.missing, point in coverage.unexpected) == (expected, not expected)


def test_a_percentage_is_100_only_if_all_was_seen() -> None:
    points = tuple(Point(NAME, "status", str(number)) for number in range(2000))
    record = CoverageRecord("t", "1", Counter(points[:-1]))
    coverage = Coverage(points, frozenset(), record)
    assert coverage.headline == "99.9 %"
    assert coverage_value(coverage)["percent"] < 100
    nothing = Coverage((), frozenset(), record)
    assert nothing.headline == "nothing is counted"
    assert shortfall(nothing, 1) is not None


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=", b""),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
        ("multipart/form-data; boundary=\xff", b"\xff\x00"),
        ("multipart/form-data; boundary=x; charset=nope", b"--x\r\n"),
        ("", b"\xff"),
        (";;;", b"a"),
    ],
)
def test_odd_bodies_of_a_form_are_no_traceback(
    tmp_path: Path, content_type: str, body: bytes
) -> None:
    contract = contract_of(tmp_path, {"multipart/form-data": _MULTIPART})
    assert not seen(contract, sent(body, content_type)).record.seen[
        Point(NAME, "field", "multipart/form-data kind", "valid")
    ]
