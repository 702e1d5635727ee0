"""The Lambda's entry point: `items.handler.handler`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import compiled
from items import operations
from items.connection import store
from openapi_first.runtime import lambda_handler

if TYPE_CHECKING:
    from items.types import Operations

    # A function that does not fit the contract is an error of the type checker.
    _: Operations = operations

# Here, where Lambda gives a starting function its full CPU, and not in the first request.
store()

handler = lambda_handler(compiled, operations)
