"""Problems to try an error body with, for each key of Responses: a status, a range, `default`."""

from __future__ import annotations

from functools import cache

from openapi_first.core.problem_details import Problem, ProblemEntry, invalid_request

SAMPLE_REQUEST_ID = "00000000-0000-4000-8000-000000000000"

_STATUSES = {"4XX": (400, 404, 415), "5XX": (500,), "default": (400, 404, 415, 500)}
_MANY = 20
_LONG = "a detail " * 40


@cache
def sample_problems(key: str) -> tuple[Problem, ...]:
    """Problems with and without errors, with a detail and without; none for a success."""
    return tuple(
        problem
        for status in statuses_of(key)
        for problem in (_invalid(status), Problem(status), Problem(status, _LONG))
    )


def statuses_of(key: str) -> tuple[int, ...]:
    """The statuses of errors that a response is for, or some of them."""
    if key.isdecimal():
        return (int(key),) if int(key) >= 400 else ()
    return _STATUSES.get(key, ())


def _invalid(status: int) -> Problem:
    entries = [
        ProblemEntry("is required", parameter="limit"),
        ProblemEntry("the value is not of type string", pointer="#/address/zip"),
        ProblemEntry("the request body is required"),
        *(ProblemEntry("is not an item", pointer=f"#/items/{number}") for number in range(_MANY)),
    ]
    problem = invalid_request(entries)
    return Problem(status, problem.detail, errors=problem.errors)
