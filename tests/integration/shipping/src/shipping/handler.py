"""The Lambda's entry point."""

import compiled
from contract.runtime import lambda_handler
from shipping import operations

handler = lambda_handler(compiled, operations)
