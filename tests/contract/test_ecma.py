"""Patterns mean what ECMA-262 says, whatever the validator's own engine makes of them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import javascript
from contract.ecma import PatternError, to_rust
from regular_expressions import patterns, scribbles, texts

# Pattern, text, whether ECMA-262 finds it there.
FOUND = [
    (r"^\d+$", "١", False),
    (r"^\w+$", "é", False),
    (r"^a$", "a\n", False),
    (r"\s", "\ufeff", True),
    (r"^\S$", "\x85", True),
    (r"^.$", "\n", False),
    (r"^.$", "\u2028", False),
    (r"^.$", "😀", True),
    (r"^[^]$", "\n", True),
    (r"[]", "a", False),
    (r"^\cA$", "\x01", True),
    (r"^\0$", "\0", True),
    (r"^\x41\u0042$", "AB", True),
    (r"^\u{1F600}$", "😀", True),
    (r"^\ud83d\ude00$", "😀", True),
    (r"^\p{L}$", "é", True),
    (r"^\p{Script=Greek}$", "α", True),
    (r"^(?<x>a)\k<x>$", "aa", True),
    (r"^[\w-.]+$", "a-.", True),
    (r"^\/$", "/", True),
    (r"^\-$", "-", True),
    (r"^[[a]$", "[", True),
    (r"^[a&&b]$", "&", True),
    (r"^[~~]$", "~", True),
    (r"^]$", "]", True),
    (r"^{$", "{", True),
    (r"^a{,2}$", "a{,2}", True),
    (r"^a#b c$", "a#b c", True),
    (r"\bx", "éx", True),
    (r"a(?=b)", "ab", True),
    (r"(?<!b)a", "ba", False),
    (r'^"[!#-~]+"$', '"ab"', True),
]


def finds(pattern: str, text: str) -> bool:
    schema = {"pattern": to_rust(pattern)}
    old, new = (
        validator(schema).is_valid(text)
        for validator in (jsonschema_rs.Draft4Validator, jsonschema_rs.Draft202012Validator)
    )
    assert old == new
    return bool(new)


@pytest.mark.parametrize(("pattern", "text", "found"), FOUND)
def test_a_pattern_finds_what_ecma_262_finds(pattern: str, text: str, found: bool) -> None:
    assert finds(pattern, text) is found


@pytest.mark.parametrize(
    "pattern", ["(", ")", "a**", "[b-a]", "(?i)a", "a{2,1}", "[a", r"^(a)?\1$", "(?>a)"]
)
def test_what_is_no_pattern_or_cannot_be_said_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError, match="at position"):
        to_rust(pattern)


@pytest.fixture(scope="module")
def node() -> Iterator[javascript.JavaScript]:
    if not javascript.available():
        if os.environ.get("CI") == "true":
            pytest.fail("no Node.js to compare with")
        pytest.skip("no Node.js to compare with")
    with javascript.start() as running:
        yield running


@settings(max_examples=400, deadline=None, database=None)
@given(pattern=st.one_of(patterns, scribbles), samples=texts)
def test_javascript_agrees(node: javascript.JavaScript, pattern: str, samples: list[str]) -> None:
    verdict = node.judge(pattern, samples)
    try:
        translated = to_rust(pattern)
    except PatternError:
        return
    assert verdict.matches is not None, "taken, and JavaScript takes it in no mode"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        validator = jsonschema_rs.Draft202012Validator({"pattern": translated})
    assert tuple(map(validator.is_valid, samples)) == verdict.matches
