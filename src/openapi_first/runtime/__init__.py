"""What the Lambda runs, and the names that a service imports from the engine.

    lambda_handler     makes the handler of a compiled contract and a module of functions
    Reply              a body with a status or headers of its own
    Problem            raised to answer with problem details (RFC 9457)
    ProblemEntry       one entry of a problem's `errors`
    current_request    the request being served, as a Request
    StartError         why the handler cannot start

The names are imported on first use: whoever needs one module of this package, such as the image's
bootstrap or the compiler, does not pay for Powertools.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openapi_first.core.problem_details import Problem, ProblemEntry
    from openapi_first.runtime.handler import lambda_handler
    from openapi_first.runtime.request import Request, current_request
    from openapi_first.runtime.responses import Reply
    from openapi_first.runtime.startup import StartError

__all__ = [
    "Problem",
    "ProblemEntry",
    "Reply",
    "Request",
    "StartError",
    "current_request",
    "lambda_handler",
]

_MODULES = {
    "Problem": "openapi_first.core.problem_details",
    "ProblemEntry": "openapi_first.core.problem_details",
    "Reply": "openapi_first.runtime.responses",
    "Request": "openapi_first.runtime.request",
    "StartError": "openapi_first.runtime.startup",
    "current_request": "openapi_first.runtime.request",
    "lambda_handler": "openapi_first.runtime.handler",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value
