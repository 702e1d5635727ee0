"""The Lambda's entry point: `items.handler.handler`."""

from __future__ import annotations

import compiled
from contract.runtime import lambda_handler
from items import operations
from items.connection import store

# Here, where Lambda gives a starting function its full CPU, and not in the first request.
store()

handler = lambda_handler(compiled, operations)
