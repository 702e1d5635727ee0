"""One idempotency key of one API key is one id."""

from typing import Any
from uuid import UUID

import pytest

from items.idempotency import Caller, caller, check_callers, once
from items.records import Content
from openapi_first.runtime import Request, StartError
from openapi_first.runtime.proxy_event import ProxyEvent

_CONTENT = Content("name")


def test_the_same_request_comes_to_the_same() -> None:
    assert once("key id", "k", _CONTENT) == once("key id", "k", _CONTENT)


def test_the_id_is_a_uuid_derived_from_a_name() -> None:
    derived = once("key id", "k", _CONTENT).id
    assert str(UUID(derived)) == derived
    assert UUID(derived).version == 5


def test_api_keys_never_share_an_idempotency_key() -> None:
    ids = {
        once(caller, key, _CONTENT).id
        for caller, key in [("a", "bc"), ("ab", "c"), (("a", "b"), "c"), (("ab",), "c")]
    }
    assert len(ids) == 4


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


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({"identity": {"apiKeyId": "key"}}, "key"),
        ({"authorizer": None, "identity": {"apiKeyId": "key"}}, "key"),
        ({"authorizer": {"claims": {"sub": "me"}}}, ("sub", "", "me")),
        (
            {"authorizer": {"claims": {"iss": "i", "sub": "me"}}, "identity": {"apiKeyId": "key"}},
            ("sub", "i", "me"),
        ),
        (
            {"authorizer": {"principalId": "p"}, "identity": {"apiKeyId": "key"}},
            ("principalId", "p"),
        ),
        ({"authorizer": {"principalId": ""}, "identity": {"apiKeyId": "key"}}, "key"),
        (
            {"identity": {"userArn": "arn:aws:iam::1:user/me"}},
            ("userArn", "arn:aws:iam::1:user/me"),
        ),
    ],
)
def test_the_caller_is_whom_the_authorizer_names_else_the_key(
    context: dict[str, Any], expected: Caller
) -> None:
    assert caller(_request(context)) == expected


@pytest.mark.parametrize("context", [{}, {"identity": {}}, {"authorizer": {}, "identity": {}}])
def test_a_caller_without_a_name_is_an_error(context: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match="principalId"):
        caller(_request(context))


def _request(context: dict[str, Any]) -> Request:
    return Request(ProxyEvent({"requestContext": {"identity": {}, **context}}))


def test_the_service_does_not_start_if_unknown_callers_would_share_keys() -> None:
    signatures = {"create": ("idempotency_key", "body"), "read": ("id",)}
    check_callers(signatures, ("create",))
    with pytest.raises(StartError, match="create takes an Idempotency-Key") as refused:
        check_callers(signatures, ("read",))
    assert "read takes" not in str(refused.value)
