"""Content codings are undone, within bounds (RFC 9110 §8.4.1)."""

from __future__ import annotations

import contextlib
import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.runtime.wire.content_codings import (
    LARGEST_DECODED,
    CodingError,
    DecodedSizeError,
    UnsupportedCodingError,
    codings_of,
    decoded,
)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def test_the_names_of_codings_are_read_as_a_list() -> None:
    assert codings_of(None) == []
    assert codings_of(["GZIP , identity", "x-gzip", ""]) == ["gzip", "gzip"]
    assert codings_of("br") == ["br"]


@given(st.binary(max_size=200))
def test_what_is_encoded_is_decoded(data: bytes) -> None:
    assert decoded(gzip.compress(data), ["gzip"]) == data
    assert decoded(gzip.compress(data) + gzip.compress(b"!"), ["gzip"]) == data + b"!"
    assert decoded(zlib.compress(data), ["deflate"]) == data
    assert decoded(raw_deflate(data), ["deflate"]) == data
    assert decoded(gzip.compress(zlib.compress(data)), ["deflate", "gzip"]) == data
    assert decoded(data, []) == data


@given(st.binary(max_size=60), st.sampled_from(["gzip", "deflate"]))
def test_other_bytes_never_raise_anything_else(data: bytes, coding: str) -> None:
    with contextlib.suppress(CodingError):
        decoded(data, [coding])


@pytest.mark.parametrize(
    "data",
    [b"", gzip.compress(b"a" * 99)[:-1], gzip.compress(b"a") + b"junk", gzip.compress(b"") * 600],
    ids=["nothing", "truncated", "padded", "repeated"],
)
def test_a_truncated_or_padded_file_is_not_gzip(data: bytes) -> None:
    with pytest.raises(CodingError):
        decoded(data, ["gzip"])


def test_a_bomb_is_refused_without_being_decoded() -> None:
    bomb = gzip.compress(bytes(LARGEST_DECODED + 1))
    with pytest.raises(DecodedSizeError):
        decoded(bomb, ["gzip"])
    assert len(decoded(gzip.compress(bytes(LARGEST_DECODED)), ["gzip"])) == LARGEST_DECODED
    nested = gzip.compress(bomb)
    with pytest.raises(DecodedSizeError):
        decoded(nested, ["gzip", "gzip"])
    with pytest.raises(CodingError, match="more than 3"):
        decoded(nested, ["gzip"] * 4)


def test_other_codings_are_unsupported() -> None:
    with pytest.raises(UnsupportedCodingError, match="is not supported"):
        decoded(b"x", ["gzip", "br"])
