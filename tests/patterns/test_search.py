import contextlib

import pytest

from openapi_first.patterns.search import Allowance, Search, SearchLimitError
from openapi_first.patterns.syntax_tree import PatternError

DISTINCT = "^(?:(.)(?!.*\\1))*$"


def finds(pattern, text, seconds=1.0):
    return Search(pattern).finds(text, Allowance(seconds))


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("^a$", "a\n", False),
        (r"^\d+$", "١٢", False),
        (".+a?.+", "1", False),
        (r"^(?=.*\d)(?=.*[A-Z])[A-Za-z\d]{8,64}$", "a" * 60 + "A1", True),
        (r"^(?=.*\d)(?=.*[A-Z])[A-Za-z\d]{8,64}$", "a" * 62, False),
        ("^(?!.*bad)", "x" * 1_000_000, True),
        ("^(?!.*bad)", "x" * 1_000_000 + "bad", False),
        (DISTINCT, "abcdefghijklmnopqrstuvwxyz0123456789", True),
        (DISTINCT, "abcdefghijklmnopqrstuvwxyz01234567890", False),
    ],
    ids=range(9),
)
def test_a_search_finds_what_ecma_262_says(pattern, text, expected):
    assert finds(pattern, text) is expected


@pytest.mark.timeout(10)
def test_without_look_around_no_string_takes_many_steps():
    assert finds("^(a+)+$", "a" * 1_000_000 + "!") is False


@pytest.mark.timeout(10)
@pytest.mark.parametrize("length", [100, 1_000, 10_000, 100_000, 1_000_000])
@pytest.mark.parametrize("pattern", ["^((?=a)a|a)*$", r"^(a*)a*\1b$", "(?=a*b)a"])
def test_backtracking_ends_after_a_number_of_steps(pattern, length):
    allowance = Allowance(1)
    with contextlib.suppress(SearchLimitError):
        assert Search(pattern).finds("a" * length + "!", allowance) is False
    assert allowance.seconds > 0.5


def test_only_backtracking_uses_the_allowance():
    assert finds("^a+$", "aa", seconds=0)
    with pytest.raises(SearchLimitError, match="takes too many steps"):
        finds("(?=a)a", "a", seconds=0)


@pytest.mark.parametrize(
    "pattern", ["(", "[", "(?P<a>b)", r"\p{Script=Nowhere}", "(?:[^]{1000}){1000}"]
)
def test_what_cannot_be_compiled_is_an_error(pattern):
    with pytest.raises(PatternError):
        Search(pattern)
