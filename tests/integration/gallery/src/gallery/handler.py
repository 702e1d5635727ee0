"""The Lambda entry point."""

import compiled
from gallery import operations
from openapi_first.runtime import lambda_handler

handler = lambda_handler(compiled, operations)
