"""The Lambda's entry point."""

import compiled
from openapi_first.runtime import lambda_handler
from shipping import operations

handler = lambda_handler(compiled, operations)
