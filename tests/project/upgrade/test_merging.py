from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openapi_first.project.upgrade.git import Resolution
from openapi_first.project.upgrade.merging import (
    Merged,
    marker_line,
    merge,
    same_text,
    with_ends_of,
)

LABELS = ("yours", "version 1", "version 2")
BASE = b"".join(b"%d\n" % number for number in range(12))


def test_changes_of_both_sides_are_in_the_result() -> None:
    mine, new = BASE.replace(b"2\n", b"mine\n"), BASE.replace(b"8\n", b"new\n")
    assert merge(BASE, mine, new, None, LABELS) == merge(BASE, new, mine, None, LABELS)
    merged = merge(BASE, mine, new, None, LABELS)
    assert (merged.data, merged.conflicts) == (mine.replace(b"8\n", b"new\n"), ())


def test_line_ends_and_a_last_line_without_an_end_stay() -> None:
    mine = BASE.replace(b"2\n", b"mine\n").replace(b"\n", b"\r\n").removesuffix(b"\r\n")
    merged = merge(BASE, mine, BASE.replace(b"8\n", b"new\n"), None, LABELS)
    assert merged.data == mine.replace(b"8\r\n", b"new\r\n")
    assert same_text(BASE.replace(b"\n", b"\r\n"), BASE)
    assert with_ends_of(b"a\nb", b"\r\n") == b"a\r\nb"
    assert with_ends_of(b"a\nb", b"\r\n\n") == b"a\nb"


def test_a_conflict_has_its_line_in_the_file_that_the_user_sees() -> None:
    mine = BASE.replace(b"9\n", b"mine\n=======\n")
    new = BASE.replace(b"2\n", b"").replace(b"9\n", b"new\n")
    assert merge(BASE, mine, new, None, LABELS).conflicts == (10,)
    assert merge(BASE, mine, new, None, LABELS).data == mine
    marked = merge(BASE, mine, new, Resolution.MARKERS, LABELS)
    assert marked.conflicts == (marker_line(marked.data),) == (9,)
    resolved = merge(BASE, mine, new, Resolution.MINE, LABELS)
    assert (resolved.data, resolved.conflicts) == (mine.replace(b"2\n", b""), (10,))
    assert merge(BASE, mine, new, Resolution.NEW, LABELS).data == new


def test_two_files_without_a_common_past_are_a_conflict() -> None:
    assert merge(b"", b"mine\n", b"new\n", None, LABELS).conflicts == (1,)


LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n"]), max_size=5).map(b"".join)


@given(LINES, LINES)
def test_a_change_of_one_side_or_the_same_of_both_is_the_result(
    base: bytes, changed: bytes
) -> None:
    for mine, new in ((base, changed), (changed, base), (changed, changed)):
        assert merge(base, mine, new, None, LABELS) == Merged(changed, ())
