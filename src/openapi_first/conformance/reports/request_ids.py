"""The ids by which a response can be found in a log."""

from __future__ import annotations

import json

from openapi_first.aws.names import REQUEST_ID_HEADERS
from openapi_first.conformance.model.messages import Response
from openapi_first.core.media_types import is_json


def request_ids(response: Response) -> tuple[tuple[str, str], ...]:
    """The ids in the headers of API Gateway, and the `instance` of problem details (RFC 9457
    §3.1.5), each with its name."""
    found = [(name, response.header(name) or "") for name in REQUEST_ID_HEADERS]
    if is_json(response.media_type):
        try:
            problem = json.loads(response.body)
        except (ValueError, RecursionError):
            problem = None
        if isinstance(problem, dict) and isinstance(problem.get("instance"), str):
            found.append(("instance", problem["instance"]))
    return tuple((name, value) for name, value in found if value)
