"""The code that runs in the Lambda, and the names that a service imports from the engine.

    lambda_handler     makes the Lambda handler from a compiled contract and a module of functions
    Reply              a response body with its own status or headers
    FormFile           a file of a multipart form: bytes with a file name and a media type
    Problem            raised to answer with problem details (RFC 9457)
    ProblemEntry       one entry of a problem's `errors`
    ProblemRenderer    the type of `render_problem`, which makes the bodies of problems
    ErrorResponse      the response that a renderer makes the body of
    invalid_request    the 400 problem for a request that violates the contract
    current_request    the request being served, as a Request
    before_snapshot    registers a function to call before Lambda takes a snapshot (SnapStart)
    after_restore      registers a function to call after each restore of a snapshot
    StartError         raised when the handler cannot start

Names are imported on first use, so that the image's bootstrap and the compiler can import modules
of this package without loading Powertools.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openapi_first.core.problem_details import Problem, ProblemEntry, invalid_request
    from openapi_first.runtime.forms import FormFile
    from openapi_first.runtime.handler import lambda_handler
    from openapi_first.runtime.lifecycle.snapshots import after_restore, before_snapshot
    from openapi_first.runtime.problems.renderer import ErrorResponse, ProblemRenderer
    from openapi_first.runtime.request import Request, current_request
    from openapi_first.runtime.responses import Reply
    from openapi_first.runtime.startup import StartError

__all__ = [
    "ErrorResponse",
    "FormFile",
    "Problem",
    "ProblemEntry",
    "ProblemRenderer",
    "Reply",
    "Request",
    "StartError",
    "after_restore",
    "before_snapshot",
    "current_request",
    "invalid_request",
    "lambda_handler",
]

_MODULES = {
    "ErrorResponse": "openapi_first.runtime.problems.renderer",
    "FormFile": "openapi_first.runtime.forms",
    "Problem": "openapi_first.core.problem_details",
    "ProblemEntry": "openapi_first.core.problem_details",
    "ProblemRenderer": "openapi_first.runtime.problems.renderer",
    "Reply": "openapi_first.runtime.responses",
    "Request": "openapi_first.runtime.request",
    "StartError": "openapi_first.runtime.startup",
    "after_restore": "openapi_first.runtime.lifecycle.snapshots",
    "before_snapshot": "openapi_first.runtime.lifecycle.snapshots",
    "current_request": "openapi_first.runtime.request",
    "invalid_request": "openapi_first.core.problem_details",
    "lambda_handler": "openapi_first.runtime.handler",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value
