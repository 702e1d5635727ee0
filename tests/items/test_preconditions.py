"""If-Match and If-None-Match, as RFC 9110 §13.1 and §8.8.3 have them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from items.preconditions import entity_tag, expected, is_unchanged
from items.versions import Expected, new_version
from openapi_first.runtime import Problem


def _versions(*versions: str) -> Expected:
    return Expected(frozenset(versions))


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        (None, None),
        ("*", Expected(None)),
        (" *\t", Expected(None)),
        ('"a"', _versions("a")),
        ('"a", "b"', _versions("a", "b")),
        ('"a","b"', _versions("a", "b")),
        ('\t"a" \t,\t"b" ', _versions("a", "b")),
        ('"a,b"', _versions("a,b")),
        ('""', _versions("")),
        ('"*"', _versions("*")),
        ('"!#~"', _versions("!#~")),
        ('"é\u20ac"', _versions("é\u20ac")),
        ('"\\"', _versions("\\")),
        # §5.6.1.2: a recipient skips a reasonable number of empty elements.
        (', "a",, "b" ,', _versions("a", "b")),
        ("", _versions()),
        (",", _versions()),
        # §8.8.3.2: a weak tag never matches strongly.
        ('W/"a"', _versions()),
        ('W/"a", "b"', _versions("b")),
    ],
)
def test_if_match_means(header: str | None, meaning: Expected | None) -> None:
    assert expected(header) == meaning


@pytest.mark.parametrize(
    ("header", "unchanged"),
    [
        (None, False),
        ("*", True),
        ('"v"', True),
        ('W/"v"', True),
        ('"x", W/"v"', True),
        ('"x"', False),
        ('"V"', False),
        ('"x,v"', False),
        ("", False),
    ],
)
def test_if_none_match_of_version_v_finds_it(header: str | None, unchanged: bool) -> None:
    assert is_unchanged(header, "v") is unchanged


_MALFORMED = [
    "v",
    '"v',
    'v"',
    '"v" "w"',
    '"v";"w"',
    'w/"v"',
    'W/ "v"',
    "W/v",
    '"v w"',
    '"v\x7f"',
    '"v\x00"',
    '"a"b"',
    '*, "v"',
    '"v", *',
    "**",
    "'v'",
    '"v"\n',
]


@pytest.mark.parametrize("header", _MALFORMED)
def test_a_malformed_if_match_is_a_fault_that_names_it(header: str) -> None:
    with pytest.raises(Problem) as raised:
        expected(header)
    assert raised.value.status == 400
    assert [fault.parameter for fault in raised.value.errors] == ["If-Match"]


@pytest.mark.parametrize("header", _MALFORMED)
def test_a_malformed_if_none_match_is_a_fault_that_names_it(header: str) -> None:
    with pytest.raises(Problem) as raised:
        is_unchanged(header, "v")
    assert raised.value.status == 400
    assert [fault.parameter for fault in raised.value.errors] == ["If-None-Match"]


def test_a_malformed_tag_after_a_match_is_refused_all_the_same() -> None:
    with pytest.raises(Problem):
        is_unchanged('"v", nonsense', "v")


@given(st.text())
def test_any_header_is_understood_or_refused(header: str) -> None:
    for read in (expected, lambda text: is_unchanged(text, "v")):
        # Anything but a Problem would fail the test.
        with suppress(Problem):
            read(header)


def test_a_tag_given_out_is_understood_by_both() -> None:
    version = new_version()
    assert expected(entity_tag(version)) == _versions(version)
    assert is_unchanged(entity_tag(version), version)


def test_a_long_header_takes_no_longer_than_it_is_long() -> None:
    with pytest.raises(Problem):
        expected(" ," * 100_000 + '"a"' + " " * 100_000 + "x")
