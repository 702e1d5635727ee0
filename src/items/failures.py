"""What can go wrong in the store, and how botocore's errors become that.

    StoreError
    ├── ItemNotFound          no item has this id
    ├── VersionMismatch       the item is not (any more) the one the client knows
    ├── IdempotencyConflict   the key was used for another request
    ├── ItemTooLarge          above DynamoDB's 400 KB
    └── StoreUnavailable      throttled, unreachable, or too slow: worth another try

Anything else (a missing table, no permission) is a fault of the deployment: it stays what it is,
is logged with its traceback, and the client gets a 500 that says nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError


class StoreError(Exception):
    """The base of what an operation has to answer for."""


class ItemNotFound(StoreError):
    """No item has this id."""


class VersionMismatch(StoreError):
    """The item is not, or not any more, the one the client knows."""


class IdempotencyConflict(StoreError):
    """The idempotency key was used for another request."""


class ItemTooLarge(StoreError):
    """The item would be above DynamoDB's 400 KB."""


class StoreUnavailable(StoreError):
    """DynamoDB throttled the request, could not be reached, or took too long."""


class ConditionFailed(Exception):
    """A condition expression did not hold. The store reads on to learn which part of it.

    `retried`: botocore sent the request more than once, so the condition may have failed on what
    an earlier attempt, whose answer was lost, had done.
    """

    def __init__(self, retried: bool = False) -> None:
        super().__init__()
        self.retried = retried


# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html, the rows
# "OK to retry? Yes" that are not a 5xx.
_WORTH_ANOTHER_TRY = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionConflictException",
    }
)

# PutItem: "Item size has exceeded the maximum allowed size"; UpdateItem: "Item size to update has
# exceeded the maximum allowed size". DynamoDB has no code of its own for it.
_TOO_LARGE = ("Item size has exceeded", "Item size to update has exceeded")


@contextmanager
def translated() -> Iterator[None]:
    """Raise the store's errors in place of botocore's; let through what is not the store's."""
    try:
        yield
    except (ConnectionError, HTTPClientError) as error:
        raise StoreUnavailable(f"DynamoDB could not be reached: {error}") from error
    except ClientError as error:
        code = error.response["Error"]["Code"]
        message = error.response["Error"].get("Message", "")
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if code == "ConditionalCheckFailedException":
            retried = error.response["ResponseMetadata"].get("RetryAttempts", 0) > 0
            raise ConditionFailed(retried) from error
        if code == "ValidationException" and message.startswith(_TOO_LARGE):
            raise ItemTooLarge(message) from error
        if code in _WORTH_ANOTHER_TRY or status >= 500:
            raise StoreUnavailable(f"DynamoDB answered {code}: {message}") from error
        raise
