"""The Lambda entry point."""

import compiled
from contract.runtime import lambda_handler
from gallery import operations

handler = lambda_handler(compiled, operations)
