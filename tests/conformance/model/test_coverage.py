"""Coverage records: what they count, how they merge, what a contract's cases show."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.conformance.coverage.observed_points import observed_points
from openapi_first.conformance.coverage.promised_points import promised_points
from openapi_first.conformance.judging.request_reader import operation_readers
from openapi_first.conformance.model.coverage import (
    ASPECTS,
    Coverage,
    CoverageError,
    CoverageRecord,
    Point,
)
from openapi_first.conformance.model.messages import Response
from openapi_first.conformance.model.run import Options
from openapi_first.conformance.session import plan
from openapi_first.openapi.model import Contract

_WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
_STATED = st.builds(
    Point, _WORDS, st.sampled_from(["parameter", "field", "keyword"]), _WORDS,
    st.sampled_from(["absent", "valid", "violated", "at minimum"]),
)  # fmt: skip
_STATELESS = [aspect for aspect in ASPECTS if aspect not in ("parameter", "field", "keyword")]
_PLAIN = st.builds(Point, _WORDS, st.sampled_from(_STATELESS), _WORDS, st.just(""))
_RECORDS = st.builds(
    CoverageRecord,
    st.just("API"),
    st.just("1"),
    st.dictionaries(_STATED | _PLAIN, st.integers(1, 99), max_size=9).map(Counter),
)


@given(_RECORDS)
def test_a_record_is_read_as_it_was_written(record: CoverageRecord) -> None:
    assert CoverageRecord.of(record.value()) == record


@given(_RECORDS, _RECORDS, _RECORDS)
def test_records_merge_in_any_order(
    one: CoverageRecord, two: CoverageRecord, three: CoverageRecord
) -> None:
    assert one.merged(two).seen == two.merged(one).seen
    assert one.merged(two).merged(three).seen == one.merged(two.merged(three)).seen
    assert sum(one.merged(two).seen.values()) == sum(one.seen.values()) + sum(two.seen.values())


@pytest.mark.parametrize(
    "text",
    [
        *("", "\xff", "[", "[]", "{}", "[" * 100_000, '{"format": "other"}'),
        '{"format": "contract-coverage/1"}',
        *(
            f'{{"format": "contract-coverage/1", "title": "t", "version": "1", "seen": {seen}}}'
            for seen in (
                *("[]", '{"GET /a": []}', '{"GET /a": {"status|200": "1"}}'),
                *('{"GET /a": {"status|200": -1}}', '{"GET /a": {"status|200": true}}'),
                *('{"GET /a": {"status": 1}}', '{"GET /a": {"other|200": 1}}'),
            )
        ),
    ],
)
def test_a_file_that_is_not_a_record_is_reported(tmp_path: Path, text: str) -> None:
    file = tmp_path / "record.json"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(CoverageError, match=r"record\.json: not a coverage record: "):
        CoverageRecord.read(file)


def test_what_was_seen_and_not_promised_is_undocumented() -> None:
    promised = (Point("GET /a", "status", "200"), Point("GET /a", "status", "404"))
    seen = Counter({promised[0]: 2, Point("GET /a", "status", "418"): 1})
    coverage = Coverage(promised, frozenset(), CoverageRecord("API", "1", seen))
    assert coverage.missing == (promised[1],)
    assert coverage.undocumented == (Point("GET /a", "status", "418"),)
    assert coverage.tally() == (1, 2)


def test_of_an_undocumented_status_only_itself_is_listed() -> None:
    promised = (Point("GET /a", "status", "200"), Point("GET /b", "status", "418"))
    texts = [Point(f"GET /{name}", "media type", "418 text/plain") for name in "ab"]
    header = Point("GET /a", "header", "418 X-Tea")
    seen = Counter([*promised, *texts, header, Point("GET /a", "status", "418")])
    coverage = Coverage(promised, frozenset(), CoverageRecord("API", "1", seen))
    assert coverage.undocumented == (Point("GET /a", "status", "418"), texts[1])


def test_what_cannot_be_provoked_counts_once_it_is_seen() -> None:
    failure = Point("GET /a", "status", "500")
    usual = Point("GET /a", "status", "200")
    for seen, tally in (({usual: 1}, (1, 1)), ({failure: 1}, (1, 2)), ({}, (0, 1))):
        record = CoverageRecord("API", "1", Counter(seen))
        assert Coverage((usual, failure), frozenset({failure}), record).tally() == tally


@pytest.mark.parametrize("name", ["contract", "shipping_contract"])
def test_planned_cases_show_every_parameter_and_keyword(
    name: str, request: pytest.FixtureRequest
) -> None:
    contract: Contract = request.getfixturevalue(name)
    readers = operation_readers(contract)
    shown: set[Point] = set()
    options = Options("http://127.0.0.1/prod", max_examples=0, allow_destructive=True)
    for case in plan(contract, options).cases:
        assert case.operation
        reader, response = readers[case.operation], Response(200, (), b"")
        shown.update(observed_points(reader, case.request, response))
    promised = {
        point
        for point in promised_points(contract, readers)
        if point.aspect in ("parameter", "keyword") and not point.subject.startswith("path ")
    }
    assert promised
    assert promised - shown == set()
