"""The Lambda's entry point: `items.handler.handler`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import compiled
from items import operations
from items.connection import store
from items.idempotency import check_callers
from items.reporting import LOGGER
from openapi_first.runtime import lambda_handler

if TYPE_CHECKING:
    from items.types import Operations

    # Makes the type checker report functions that do not match the contract.
    _: Operations = operations

handler = lambda_handler(compiled, operations, logger=LOGGER)
check_callers(compiled.SIGNATURES, compiled.SECURED)

# Here and not in the first request, since Lambda gives a starting function its full CPU.
store()
