"""Patterns that need backtracking end in time, and decide as the library does."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from aws_lambda_powertools import Logger
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.core.bounded_search import Allowance
from openapi_first.runtime import current_request
from openapi_first.runtime.bounded_patterns import BoundedValidator, Searches
from openapi_first.runtime.plan import DRAFT_2020_12, SchemaPlan
from openapi_first.runtime.validators import validator_for, violations
from support.compiled import Handler, contract_of, event, serve

SLOW = "^((?=a)a|a)*$"
EVIL = "a" * 30 + "!"
NAMED = {"patternProperties": {SLOW: {"type": "integer"}}, "additionalProperties": False}
TEXT = {"type": "string", "pattern": SLOW}
NODE = {"type": "object", "properties": {"v": TEXT, "child": {"$ref": "#/components/schemas/Node"}}}
THING = {
    "type": "object",
    "properties": {
        "list": {"type": "array", "items": TEXT},
        "one": TEXT,
        "first": {"type": "array", "prefixItems": [TEXT, TEXT]},
        "some": {"type": "array", "contains": TEXT},
        "map": {"type": "object", "additionalProperties": TEXT},
        "names": NAMED,
        "called": {"type": "object", "propertyNames": TEXT},
        "rest": {"type": "array", "unevaluatedItems": TEXT},
        "others": {"type": "object", "unevaluatedProperties": TEXT},
        "not": {"type": "array", "items": {"not": TEXT}},
        "either": {"type": "array", "items": {"anyOf": [TEXT, {"type": "integer"}]}},
        "tree": {"$ref": "#/components/schemas/Node"},
        "n": {"type": "integer"},
    },
}
BODY = {"application/json": {"schema": THING}}
MANY = [f"{EVIL}{number}" for number in range(2000)]


def nested(depth: int, text: str) -> dict[str, Any]:
    tree: dict[str, Any] = {"v": text}
    for number in range(depth):
        tree = {"v": f"{text}{number}", "child": tree}
    return tree


class Service:
    """A handler that takes and returns things, and its log."""

    def __init__(self, folder: Path, name: str, **options: Any) -> None:
        self.log = io.StringIO()
        self.answer: Any = {}
        query = {"type": "array", "items": {"type": "string", "pattern": SLOW}}
        form = {"type": "object", "properties": {"f": {"type": "array", "items": TEXT}}}
        problem = {"application/problem+json": {"schema": {"type": "object"}}}
        handler, self.seen = serve(
            folder,
            contract_of(
                openapi="3.1.0",
                method="post",
                schemas={"Node": NODE},
                parameters=[
                    {"name": "q", "in": "query", "schema": query},
                    {"name": "h", "in": "header", "schema": TEXT},
                ],
                requestBody={"content": {**BODY, "multipart/form-data": {"schema": form}}},
                responses={
                    "200": {"description": "", "content": BODY},
                    "default": {"description": "", "content": problem},
                },
            ),
            lambda **_: self.answer() if callable(self.answer) else self.answer,
            logger=Logger(service=name, stream=self.log),
            **options,
        )
        self.handler: Handler = handler

    def reset(self) -> None:
        """Forgets what was served."""
        self.answer = {}
        self.seen.clear()
        self.log.seek(0)
        self.log.truncate()

    def post(self, body: Any = None, **more: Any) -> tuple[int, dict[str, Any]]:
        headers = {"Content-Type": "application/json", **more.pop("headers", {})}
        sent = event(method="POST", headers=headers, body=body, **more)
        answer = self.handler(sent, None)
        return answer["statusCode"], json.loads(answer["body"])

    def warnings(self) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in lines if line["level"] == "WARNING"]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return Service(tmp_path_factory.mktemp("things"), "patterns")


@pytest.fixture
def service(started: Service) -> Service:
    started.reset()
    return started


@pytest.mark.parametrize(
    "body",
    [
        {"one": EVIL},
        {"first": [EVIL, EVIL]},
        {"list": MANY},
        {"some": MANY},
        {"map": {str(number): text for number, text in enumerate(MANY)}},
        {"names": dict.fromkeys(MANY, 1)},
        {"called": dict.fromkeys(MANY, 1)},
        {"rest": MANY},
        {"others": {str(number): text for number, text in enumerate(MANY)}},
        {"not": MANY},
        {"either": MANY},
        {"tree": nested(60, EVIL)},
        {"list": ["a" * 1_000_000 + "!"]},
    ],
    ids=lambda body: next(iter(body)),
)
def test_a_body_that_takes_too_long_is_a_400_that_says_so(
    service: Service, body: dict[str, Any]
) -> None:
    service.post({})
    started = time.process_time()
    status, problem = service.post(body)
    assert time.process_time() - started < 1
    assert status == 400
    (entry,) = problem["errors"]
    assert "could not be checked in time against the pattern" in entry["detail"]
    assert service.seen == [{"q": None, "h": None, "body": {}}]
    (line,) = service.warnings()
    assert line["message"] == "the request could not be checked in time"
    assert line["pattern"] == "^(?:(?=a)a|a)*$"
    assert "#/components/schemas/Node/properties/v/pattern" in line["contract"]
    assert EVIL not in service.log.getvalue() + json.dumps(problem)


@pytest.mark.parametrize(
    "more",
    [
        {"query": {"q": MANY}},
        {"headers": {"h": EVIL}},
        {
            "headers": {"Content-Type": "multipart/form-data; boundary=x"},
            "body": "".join(
                f'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n{text}\r\n'
                for text in MANY[:500]
            )
            + "--x--\r\n",
        },
    ],
    ids=["query", "header", "form"],
)
def test_parameters_and_forms_are_bounded_as_bodies_are(
    service: Service, more: dict[str, Any]
) -> None:
    service.post({})
    started = time.process_time()
    status, problem = service.post(**more)
    assert time.process_time() - started < 1
    assert (status, len(service.warnings())) == (400, 1)
    assert any("could not be checked in time" in each["detail"] for each in problem["errors"])


def test_strings_that_match_or_do_not_are_told_apart(service: Service) -> None:
    good = {
        "list": ["a" * 31] * 2000,
        "names": {"a" * (number + 1): 1 for number in range(60)},
        "map": {"x": "aa"},
        "not": ["b"],
        "either": ["a", 1],
        "tree": {"v": "a", "child": {"v": "aa"}},
    }
    assert service.post(good)[0] == 200
    status, problem = service.post({"list": ["a", "b"], "names": {"b": 1}, "n": "x"})
    assert status == 400
    assert {(each["pointer"], each["detail"]) for each in problem["errors"]} == {
        ("#/list/1", 'the value does not match "^(?:(?=a)a|a)*$"'),
        ("#/names", "Additional properties are not allowed ('b' was unexpected)"),
        ("#/n", 'the value is not of type "integer"'),
    }
    assert service.warnings() == []


def test_other_errors_are_reported_beside_a_string_that_takes_too_long(service: Service) -> None:
    status, problem = service.post({"list": MANY[:2], "n": "x", "either": ["x"]})
    assert status == 400
    assert [each["pointer"] for each in problem["errors"]] == ["#/list/0", "#/n"]


def test_a_response_that_cannot_be_checked_in_time_is_sent_and_logged(service: Service) -> None:
    service.answer = {"list": MANY}
    assert service.post({}) == (200, service.answer)
    (line,) = service.warnings()
    assert line["message"] == "the response could not be checked in time"
    assert EVIL not in json.dumps(line)


def test_a_response_that_violates_the_contract_elsewhere_is_a_500(service: Service) -> None:
    service.answer = {"list": MANY, "n": "x"}
    assert service.post({})[0] == 500


def test_a_slow_request_leaves_the_check_of_the_response_its_time(service: Service) -> None:
    def all_used() -> dict[str, Any]:
        current_request().searches = Searches(Allowance(0))
        return {"list": ["b"]}

    service.answer = all_used
    assert service.post({})[0] == 500
    assert service.warnings() == []


def test_two_patterns_in_one_value_share_the_time() -> None:
    schema = {"items": {"allOf": [TEXT, {"pattern": "^((?=b)b|a)*$"}]}}
    validator = validator_for(SchemaPlan(schema), {}, DRAFT_2020_12)
    started = time.process_time()
    assert not validator.is_valid(MANY)
    assert violations(validator, MANY)[0].undecided is not None
    assert time.process_time() - started < 1


def test_an_interruption_is_no_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> bool:
        raise KeyboardInterrupt

    validator = validator_for(SchemaPlan({"not": TEXT}), {}, DRAFT_2020_12)
    monkeypatch.setattr("openapi_first.runtime.bounded_patterns.Searches.finds", interrupted)
    with pytest.raises(KeyboardInterrupt):
        validator.is_valid("a")


patterns = st.sampled_from(["^(?=a)", "(?!b)a", "^(?!.*b)", r"(a)\1", "^a", "b$", "(?<=a)b"])
texts = st.text("ab", max_size=4)


def schemas() -> st.SearchStrategy[Any]:
    leaves = st.one_of(
        st.builds(lambda each: {"pattern": each}, patterns),
        st.builds(lambda each: {"type": "string", "pattern": each}, patterns),
        st.just({"type": "integer"}),
        st.booleans(),
    )

    def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        several = st.lists(inner, min_size=1, max_size=3)
        single = ("not", "items", "additionalProperties", "contains", "propertyNames")
        closing = ("unevaluatedProperties", "unevaluatedItems")
        parts = st.one_of(
            st.builds(
                lambda key, each: {key: each}, st.sampled_from(["allOf", "anyOf", "oneOf"]), several
            ),
            st.builds(lambda key, each: {key: each}, st.sampled_from(single + closing), inner),
            st.builds(lambda each: {"prefixItems": each}, several),
            st.builds(
                lambda test, then, other: {"if": test, "then": then, "else": other},
                inner,
                inner,
                inner,
            ),
            st.builds(
                lambda each: {"patternProperties": each},
                st.dictionaries(patterns, inner, min_size=1, max_size=2),
            ),
            st.builds(lambda each: {"properties": each}, st.dictionaries(texts, inner, max_size=2)),
        )
        return st.lists(parts, min_size=1, max_size=3).map(
            lambda found: {key: value for part in found for key, value in part.items()}
        )

    return st.recursive(leaves, around, max_leaves=6)


values = st.recursive(
    texts | st.integers(0, 1) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@given(schema=schemas(), value=values)
def test_the_verdict_is_the_librarys_wherever_a_pattern_is(schema: Any, value: Any) -> None:
    options = {"validate_formats": True, "mask": "the value"}
    kind = jsonschema_rs.Draft202012Validator
    plain = kind(schema, pattern_options=jsonschema_rs.FancyRegexOptions())
    bounded = BoundedValidator(kind, schema, options)
    assert bounded.is_valid(value) == plain.is_valid(value)
    assert [(each.instance_path, each.schema_path) for each in bounded.iter_errors(value)] == [
        (each.instance_path, each.schema_path) for each in plain.iter_errors(value)
    ]
