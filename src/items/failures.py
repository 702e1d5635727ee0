"""The errors of the store, and their translation from botocore's errors.

    StoreError
    ├── ItemNotFound
    ├── VersionMismatch
    ├── IdempotencyConflict
    ├── ItemTooLarge
    └── StoreUnavailable

Other errors (a missing table, a missing permission) are errors of the deployment. They are not
translated: the engine logs them with their traceback and answers 500 without details.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from botocore.exceptions import (
    ClientError,
    ConnectionError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from items.answers import DamagedAnswer
from items.attempts import may_have_succeeded


class StoreError(Exception):
    """The base class of the errors that operations translate to problems."""


class ItemNotFound(StoreError):
    """No item has this id."""


class VersionMismatch(StoreError):
    """The item is not the version that the client knows."""


class IdempotencyConflict(StoreError):
    """The idempotency key was used for another request."""


class ItemTooLarge(StoreError):
    """The item is larger than DynamoDB's 400 KB."""


class StoreUnavailable(StoreError):
    """DynamoDB throttled the request, could not be reached, or took too long: try again later."""


class ConditionFailed(Exception):
    """A condition expression was false. The store then reads the item to find out why.

    `is_certain` is False if an earlier attempt of the same call may have succeeded.
    """

    def __init__(self, *, is_certain: bool = True) -> None:
        super().__init__()
        self.is_certain = is_certain


class MalformedItem(Exception):
    """The table holds an item that this service cannot have written.

    Not a StoreError: no client can help it, so the engine logs it and answers 500. `key` is the
    item's id as it is stored. `complaints` name attributes and never their values.
    """

    def __init__(self, key: str, complaints: Sequence[str]) -> None:
        super().__init__(f"the stored item {key!r} is malformed: {'; '.join(complaints)}")
        self.key = key
        self.complaints = tuple(complaints)


# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html, the rows
# "OK to retry? Yes" except those with a 5xx status.
_RETRYABLE = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionConflictException",
    }
)

THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
    }
)
"""The codes of throttled requests."""

# PutItem: "Item size has exceeded the maximum allowed size"; UpdateItem: "Item size to update has
# exceeded the maximum allowed size". DynamoDB has no separate code for it.
_TOO_LARGE = ("Item size has exceeded", "Item size to update has exceeded")


@contextmanager
def translated() -> Iterator[None]:
    """Raises the store's errors in place of botocore's; other errors pass."""
    try:
        yield
    except (EndpointConnectionError, ConnectTimeoutError) as error:
        raise StoreUnavailable(f"DynamoDB could not be reached: {error}") from error
    except (ConnectionError, HTTPClientError) as error:
        raise StoreUnavailable(
            f"DynamoDB sent no whole answer, so a write may have succeeded: {error}"
        ) from error
    except DamagedAnswer as error:
        raise StoreUnavailable(
            f"DynamoDB's answer cannot be believed, so a write may have succeeded: {error}"
        ) from error
    except ClientError as error:
        code = error.response["Error"]["Code"]
        message = error.response["Error"].get("Message") or ""
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if code == "ConditionalCheckFailedException":
            raise ConditionFailed(is_certain=not may_have_succeeded(error.response)) from error
        if code == "ValidationException" and message.startswith(_TOO_LARGE):
            raise ItemTooLarge(message) from error
        if code in _RETRYABLE or status >= 500:
            raise StoreUnavailable(f"DynamoDB answered {code}: {message}") from error
        raise
