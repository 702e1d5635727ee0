"""One idempotency key of one API key is one id."""

from uuid import UUID

from items.idempotency import once
from items.records import Content

_CONTENT = Content("name")


def test_the_same_request_comes_to_the_same() -> None:
    assert once("key id", "k", _CONTENT) == once("key id", "k", _CONTENT)


def test_the_id_is_a_uuid_derived_from_a_name() -> None:
    derived = once("key id", "k", _CONTENT).id
    assert str(UUID(derived)) == derived
    assert UUID(derived).version == 5


def test_api_keys_never_share_an_idempotency_key() -> None:
    ids = {
        once(api_key_id, key, _CONTENT).id
        for api_key_id, key in [("a", "bc"), ("ab", "c"), ("", "abc"), (None, "abc"), ("a", "b")]
    }
    assert len(ids) == 5


def test_another_body_has_another_hash_and_the_same_id() -> None:
    contents = [Content("a"), Content("b"), Content("a", ""), Content("a", "b"), Content("ab")]
    assert len({once("key id", "k", content).request_hash for content in contents}) == 5
    assert len({once("key id", "k", content).id for content in contents}) == 1


def test_derivation_does_not_change_unnoticed() -> None:
    """A key used before a release must be known after it."""
    known = once("key id", "k", _CONTENT)
    assert known.id == "1557a842-294b-5845-9f15-c99d67d4f2b1"
    assert known.request_hash == (
        "bc75fb4d9804b826486c3cf871c1963fa1200b1aa43dad0c7e6dc1db103797bd"
    )
