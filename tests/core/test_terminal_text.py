"""Nothing in a message makes a terminal do something."""

from __future__ import annotations

import io
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from openapi_first.core.terminal_text import on_one_line, show, visible


@given(st.text())
def test_only_control_characters_change_and_none_is_left(text: str) -> None:
    shown = visible(text)
    controls = {each for each in shown if unicodedata.category(each) == "Cc"}
    assert controls <= {"\n", "\t"}
    kept = [each for each in text if unicodedata.category(each) != "Cc" or each in "\n\t"]
    assert len(shown) == len(kept) + 4 * (len(text) - len(kept))


@given(st.text())
def test_a_place_stays_on_its_line(text: str) -> None:
    assert not {each for each in on_one_line(text) if unicodedata.category(each) == "Cc"}


def test_a_sequence_of_a_terminal_can_be_read() -> None:
    assert visible("a\x1b[31mb\x9b\x7f\n\tc") == "a\\x1b[31mb\\x9b\\x7f\n\tc"


def test_what_the_output_cannot_have_is_escaped() -> None:
    data = io.BytesIO()
    output = io.TextIOWrapper(data, encoding="latin-1", newline="\n")
    show("für \u20ac \udcff\x1b", output)
    output.flush()
    assert data.getvalue() == b"f\xfcr \\u20ac \\udcff\\x1b\n"
