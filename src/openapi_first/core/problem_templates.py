"""Templates of error bodies: JSON values in which a string that starts with `$` is a variable.

    $status          the status, an integer        $status_string   the same as a string
    $title           the reason phrase             $detail          what is wrong, else the title
    $message         the detail and every error    $type            the problem type, a URI
    $code, $CODE     bad_request, BAD_REQUEST      $request_id      the request id
    $instance        urn:uuid:<request id>

The compiler also writes these, for shapes that it recognises:

    {"$each": item}         a list with the item for every error; with one item for the detail if
                            the problem has no errors
    {"$each_if_any": item}  the same, left out if the problem has no errors
    {"$by_status": values}  the value for the status, else the one for its class (`4XX`)

An item also has `$error` (the place and what is wrong), `$error_detail`, `$field`, `$pointer` and
`$parameter`. A member without a value is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from openapi_first.core.problem_details import Problem, ProblemEntry, phrase

VARIABLES = (
    *("$status", "$status_string", "$title", "$detail", "$message", "$type", "$code", "$CODE"),
    *("$request_id", "$instance"),
)
"""The variables that a template in the settings may have."""

EACH = "$each"
EACH_IF_ANY = "$each_if_any"
BY_STATUS = "$by_status"
DIRECTIVES = frozenset({EACH, EACH_IF_ANY, BY_STATUS})
"""Names that no member of a template may have."""

_MISSING = object()
_WHOLE = "request"


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """A template and the media type of the body that it makes."""

    media_type: str
    template: Any


def rendered(template: Any, problem: Problem, request_id: str | None) -> Any:
    """The body of a problem."""
    return filled(template, problem_values(problem, request_id), problem.errors)


def problem_values(problem: Problem, request_id: str | None) -> dict[str, Any]:
    """The variables of a problem, without the dollar sign."""
    detail = problem.detail or problem.title
    code = phrase(problem.status).lower().replace(" ", "_").replace("-", "_").replace("'", "")
    values: dict[str, Any] = {
        "status": problem.status,
        "status_string": str(problem.status),
        "title": problem.title,
        "detail": detail,
        "message": _message(detail, problem.errors),
        "type": problem.type,
        "code": code,
        "CODE": code.upper(),
    }
    if request_id:
        values |= {"request_id": request_id, "instance": f"urn:uuid:{request_id}"}
    return values


def filled(template: Any, values: Mapping[str, Any], errors: Sequence[ProblemEntry] = ()) -> Any:
    """The template with `values` for its variables; None if it is one without a value."""
    value = _filled(template, values, errors)
    return None if value is _MISSING else value


def _filled(template: Any, values: Mapping[str, Any], errors: Sequence[ProblemEntry]) -> Any:
    if isinstance(template, str):
        return values.get(template[1:], _MISSING) if template.startswith("$") else template
    if isinstance(template, list):
        return [value for value in _each(template, values, errors) if value is not _MISSING]
    if not isinstance(template, dict):
        return template
    if EACH in template or EACH_IF_ANY in template:
        if not errors and EACH_IF_ANY in template:
            return _MISSING
        item = template.get(EACH, template.get(EACH_IF_ANY))
        made = (_filled(item, {**values, **each}, ()) for each in _items(values, errors))
        return [value for value in made if value is not _MISSING]
    if BY_STATUS in template:
        choices, status = template[BY_STATUS], str(values["status"])
        return choices.get(status, choices.get(f"{status[0]}XX", _MISSING))
    members = zip(template, _each(template.values(), values, errors), strict=True)
    return {name: value for name, value in members if value is not _MISSING}


def _each(
    templates: Iterable[Any], values: Mapping[str, Any], errors: Sequence[ProblemEntry]
) -> Iterator[Any]:
    return (_filled(each, values, errors) for each in templates)


def _items(
    values: Mapping[str, Any], errors: Sequence[ProblemEntry]
) -> Iterator[Mapping[str, Any]]:
    if not errors:
        yield {"error": values["detail"], "error_detail": values["detail"], "field": _WHOLE}
    for error in errors:
        item = {"error": _text(error), "error_detail": error.detail, "field": field_of(error)}
        if error.pointer is not None:
            item["pointer"] = error.pointer
        if error.parameter is not None:
            item["parameter"] = error.parameter
        yield item


def field_of(error: ProblemEntry) -> str:
    """The parameter, or the place in the body with dots (`address.zip`); `body` or `request` for
    an error in the whole of it."""
    if error.parameter is not None:
        return error.parameter
    if error.pointer is None:
        return _WHOLE
    steps = unquote(error.pointer.removeprefix("#")).split("/")[1:]
    return ".".join(step.replace("~1", "/").replace("~0", "~") for step in steps) or "body"


def _text(error: ProblemEntry) -> str:
    field = field_of(error)
    return error.detail if field == _WHOLE else f"{field}: {error.detail}"


def _message(detail: str, errors: Sequence[ProblemEntry]) -> str:
    if not errors:
        return detail
    return f"{detail.removesuffix('.')}: {'; '.join(map(_text, errors))}"
