"""A cursor is what `encode` wrote, to the letter, or it is refused."""

import base64
import string
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from items.cursor import InvalidCursor, decode, encode

_ALPHABET = string.ascii_letters + string.digits + "-_"
_IDS = st.uuids(allow_nil=True).map(str)


@given(_IDS)
def test_an_id_survives_the_round_trip(id: str) -> None:
    assert decode(encode(id)) == id


@given(_IDS)
def test_a_cursor_needs_no_escaping_in_a_query_string(id: str) -> None:
    assert len(encode(id)) == 28
    assert set(encode(id)) <= set(_ALPHABET)


@pytest.mark.parametrize("id", ["00000000-0000-0000-0000-000000000000", "f" * 32])
def test_every_single_character_changed_is_refused(id: str) -> None:
    cursor = encode(id)
    for position, original in enumerate(cursor):
        for other in (*_ALPHABET, "=", "+", "/", " ", "\n", "é", "\0"):
            if other != original:
                with pytest.raises(InvalidCursor):
                    decode(cursor[:position] + other + cursor[position + 1 :])


@given(_IDS, st.integers(0, 27), st.sampled_from(_ALPHABET))
def test_any_one_character_changed_in_any_cursor_is_refused(id: str, at: int, other: str) -> None:
    cursor = encode(id)
    changed = cursor[:at] + other + cursor[at + 1 :]
    if changed != cursor:
        with pytest.raises(InvalidCursor):
            decode(changed)


@given(_IDS, st.integers(0, 27))
def test_a_character_lost_or_doubled_is_refused(id: str, at: int) -> None:
    cursor = encode(id)
    for changed in (cursor[:at] + cursor[at + 1 :], cursor[:at] + cursor[at] + cursor[at:]):
        with pytest.raises(InvalidCursor):
            decode(changed)


@given(st.text(max_size=64))
def test_any_other_text_is_refused_and_never_crashes(text: str) -> None:
    with pytest.raises(InvalidCursor):
        decode(text)


@pytest.mark.parametrize("suffix", ["=", "==", "\n", " ", "AAAA"])
def test_padding_and_trailing_characters_are_refused(suffix: str) -> None:
    with pytest.raises(InvalidCursor):
        decode(encode("0" * 32) + suffix)


def test_a_cursor_of_another_version_is_refused_though_its_checksum_holds() -> None:
    payload = b"\x02" + bytes(16)
    raw = payload + zlib.crc32(payload).to_bytes(4, "little")
    with pytest.raises(InvalidCursor):
        decode(base64.urlsafe_b64encode(raw).decode())


def test_the_format_does_not_change_unnoticed() -> None:
    """A cursor given out by one release must hold in the next."""
    known = "AVAMag5tb02cnVQ_H0zpwacfNfzM"
    assert encode("500c6a0e-6d6f-4d9c-9d54-3f1f4ce9c1a7") == known
