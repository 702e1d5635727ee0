import re

import pytest

from openapi_first.patterns.to_python import to_python


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("^a$", "a", True),
        ("^a$", "a\n", False),
        (r"^\d+$", "12", True),
        (r"^\d+$", "١٢", False),
        (r"^\w+$", "été", False),
        (r"^\s$", "\u00a0", True),
        (r"^[\s]$", "\ufeff", True),
        (r"^\S$", "\u00a0", False),
        (r"\/x", "/x", True),
        ("^[$]$", "$", True),
        (r"^\$$", "$", True),
        ("(?<year>[0-9]{4})", "2024", True),
        ("(?<!b)a", "ba", False),
        ("[^]", "\n", True),
        ("[]", "x", False),
        ("^[[]$", "[", True),
        (r"^\u0041$", "A", True),
    ],
)
def test_expressions_mean_in_python_what_they_mean_in_ecma(pattern, text, matches):
    assert bool(re.search(to_python(pattern), text)) is matches


def test_what_python_cannot_compile_is_an_error():
    with pytest.raises(re.error):
        to_python("(")
