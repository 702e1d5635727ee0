"""Refusals that no function has written: those of API Gateway, and of the engine in the Lambda.

A contract need not declare them: "The documentation is not necessarily expected to cover all
possible HTTP response codes" (OpenAPI 3.0.3 §4.7.16). So each is a note, not a finding.
"""

from __future__ import annotations

import json

from openapi_first.conformance.judging.response_complaints import Evidence
from openapi_first.conformance.model.run import Expectation
from openapi_first.core.media_types import is_json
from openapi_first.core.problem_details import MEDIA_TYPE, phrase

_REFUSALS = frozenset({400, 413, 415})
_INSTANCE = "urn:uuid:"


def is_own_answer(evidence: Evidence) -> bool:
    """Whether API Gateway or the engine has refused the request by itself.

    API Gateway says so in a header; 404 is a path that it does not have, which the contract does.
    The engine's problem details have no type and name the request. A service may render them in
    another way, which only a violation in the request reveals.
    """
    response, status = evidence.response, evidence.response.status
    if response.header("x-amzn-ErrorType") is not None:
        return 400 <= status < 500 and status != 404 and _is_gateways(response.media_type)
    if status not in _REFUSALS:
        return False
    if evidence.declared is None and evidence.exchange.case.expectation is Expectation.FORBIDDEN:
        return True
    return response.media_type == MEDIA_TYPE and _is_engines(response.body, status)


def _is_gateways(media_type: str) -> bool:
    """Whether API Gateway sends it by itself: JSON, or text for what is too large (413). Another
    one is a setting of the API, which the contract can declare."""
    return not media_type or is_json(media_type) or media_type == "text/plain"


def _is_engines(body: bytes, status: int) -> bool:
    try:
        problem = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(problem, dict)
        and problem.get("type") == "about:blank"
        and problem.get("title") == phrase(status)
        and str(problem.get("instance")).startswith(_INSTANCE)
    )
