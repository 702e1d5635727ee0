"""Checks before the first request: the compiled module is current and the functions match it."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from openapi_first.core.problem_details import Problem
from openapi_first.runtime.plan import FORMAT
from openapi_first.runtime.validators import (
    Validator,
    pointer,
    validator_for,
    violations,
    without_bytes,
)
from openapi_first.runtime.wire.bodies_sent import can_be_written

if TYPE_CHECKING:
    from openapi_first.runtime.problems.renderer import ErrorResponse, ProblemRenderer

_VAR_KEYWORDS = inspect.CO_VARKEYWORDS
_NOT_PLAIN = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR | inspect.CO_GENERATOR


class StartError(Exception):
    """The Lambda cannot serve the contract; the message has every reason, one per line."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


class NotImplementedYet(Problem):
    """The answer of an operation without a function that matches it."""


def check_compiled(compiled: ModuleType) -> None:
    """Raises StartError when the module is of another compiler version or the contract has changed.

    Missing sources are not compared: an image has only the compiled module.
    """
    if getattr(compiled, "FORMAT", None) != FORMAT:
        raise StartError(
            [f"{compiled.__file__} is of another compiler version; run `contract compile`"]
        )
    folder = Path(compiled.__file__ or ".").parent
    stale = []
    for name, digest in compiled.SOURCES:
        source = folder / name
        if source.exists() and hashlib.sha256(source.read_bytes()).hexdigest() != digest:
            stale.append(
                f"{source.resolve()} changed after it was compiled into {compiled.__file__}; "
                "run `contract compile`"
            )
    if stale:
        raise StartError(stale)


def functions_of(
    operations: ModuleType,
    signatures: Mapping[str, tuple[str, ...]],
    skipped: Collection[str] = (),
    *,
    unfinished: Callable[[list[str]], None] | None = None,
) -> dict[str, Callable[..., Any]]:
    """The function of each operation, by the function's name.

    `signatures` has the arguments of each function. `skipped` are the functions of operations that
    were left out of the compiled module; they may exist. Raises StartError with every mismatch: a
    missing function, a function without an operation, an argument that only one side has. If
    `unfinished` is given, it is called with them instead, and the functions that do not match
    raise a Problem 501 that names the mismatch.
    """
    mismatches: list[str] = []
    found: dict[str, Callable[..., Any]] = {}
    for name, arguments in signatures.items():
        function = getattr(operations, name, None)
        if not callable(function):
            own = [
                f"{operations.__name__} has no function {name}: "
                f"write `def {name}({', '.join(arguments)})`, or run `contract stubs`"
            ]
            function = _not_implemented(own)
        elif own := _mismatches(f"{operations.__name__}.{name}", function, arguments):
            function = _not_implemented(own)
        found[name] = function
        mismatches += own
    for name, value in vars(operations).items():
        public = inspect.isfunction(value) and not name.startswith("_")
        known = name in signatures or name in skipped
        if public and value.__module__ == operations.__name__ and not known:
            mismatches.append(
                f"{operations.__name__}.{name} serves no operation of the contract: "
                f"add the operation, remove the function, or name it _{name}"
            )
    if mismatches:
        if unfinished is None:
            raise StartError(mismatches)
        unfinished(mismatches)
    return found


def _not_implemented(mismatches: list[str]) -> Callable[..., Any]:
    """In place of a function that does not match its operation."""

    def answer(**_: Any) -> Any:
        raise NotImplementedYet(501, "; ".join(mismatches))

    return answer


def extensions_of(
    compiled: ModuleType,
    middlewares: Sequence[Any],
    operation_middlewares: Mapping[str, Sequence[Any]],
    exception_handlers: Mapping[Any, Any],
) -> dict[str, Sequence[Callable[..., Any]]]:
    """The middlewares of each operation, by its function's name, from a mapping that may also have
    operationIds.

    Raises StartError with every name that is not known, and everything that cannot be called.
    """
    reasons = [
        f"{name}: {given!r} is not a mapping"
        for name, given in (
            ("operation_middlewares", operation_middlewares),
            ("exception_handlers", exception_handlers),
        )
        if not isinstance(given, Mapping)
    ]
    if reasons:
        raise StartError([*reasons, *_not_middlewares("middlewares", middlewares)])
    ids: dict[str, str] = {}
    if not operation_middlewares.keys() <= compiled.SIGNATURES.keys():
        # Builds every plan, since only plans have the operationIds.
        ids = {compiled.OPERATIONS[name]().operation_id: name for name in compiled.SIGNATURES}
    found: dict[str, Sequence[Callable[..., Any]]] = {}
    reasons = _not_middlewares("middlewares", middlewares)
    for name, each in operation_middlewares.items():
        function = name if name in compiled.SIGNATURES else ids.get(name)
        if function is None:
            known = ", ".join(sorted(compiled.SIGNATURES)[:10])
            reasons.append(
                f"operation_middlewares: {name!r} is not an operation of the contract; "
                f"name the function or the operationId, such as {known}"
            )
            continue
        wrong = _not_middlewares(f"operation_middlewares[{name!r}]", each)
        reasons += wrong
        if not wrong:
            found[function] = (*found.get(function, ()), *each)
    for kind, handler in exception_handlers.items():
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            reasons.append(f"exception_handlers: {kind!r} is not a type of exception")
        elif not callable(handler):
            reasons.append(
                f"exception_handlers[{kind.__name__}] is not a function (error) -> Response"
            )
    if reasons:
        raise StartError(reasons)
    return found


def check_renderer(render: ProblemRenderer | None, compiled: ModuleType) -> None:
    """Raises StartError with every declared schema that a body of `render` does not match.

    It is called with sample problems, for each distinct error response of the contract.
    """
    if render is None:
        return
    if not callable(render):
        raise StartError([f"render_problem: {render!r} is not a function (problem, response)"])
    # Imported here, since a service without a renderer never needs it.
    from openapi_first.core.problem_samples import SAMPLE_REQUEST_ID, sample_problems
    from openapi_first.runtime.problems.renderer import ErrorResponse

    reasons: dict[str, None] = {}
    for operation, status, media_type, schema in compiled.error_bodies():
        validator = None
        if schema is not None:
            validator = validator_for(schema, compiled.RESPONSE_SCHEMAS, compiled.DIALECT)
        place = f"render_problem: the body of {status} for {operation} ({media_type})"
        for problem in sample_problems(status):
            response = ErrorResponse(problem.status, media_type, operation, SAMPLE_REQUEST_ID)
            for reason in _rendering_errors(render, problem, response, validator):
                reasons[f"{place} {reason}"] = None
    if reasons:
        raise StartError(list(reasons))


def _rendering_errors(
    render: ProblemRenderer, problem: Problem, response: ErrorResponse, validator: Validator | None
) -> list[str]:
    try:
        value = render(problem, response)
    except Exception as error:
        return [f"cannot be made: {type(error).__name__}: {error}"]
    if value is None:
        return []
    if not can_be_written(value, response.media_type):
        return [f"is {type(value).__name__}, which cannot be written as {response.media_type}"]
    found = () if validator is None else violations(validator, without_bytes(value))
    return [
        f"does not match its schema: {pointer(each.path) or 'the body'}: {each.detail}"
        for each in found
    ]


def _not_middlewares(place: str, middlewares: Any) -> list[str]:
    if not isinstance(middlewares, Sequence) or isinstance(middlewares, str):
        return [f"{place}: {middlewares!r} is not a list of middlewares"]
    return [
        f"{place}: {each!r} is not a function (app, next_middleware) -> Response"
        for each in middlewares
        if not (callable(each) and hasattr(each, "__name__"))  # Powertools reads the name
    ]


def _mismatches(name: str, function: Callable[..., Any], arguments: tuple[str, ...]) -> list[str]:
    """Read from the code object, which costs a tenth of `inspect.signature`."""
    inner = inspect.unwrap(function)
    code = getattr(inner, "__code__", None)
    if code is None or inspect.ismethod(inner):
        return []
    count = code.co_argcount + code.co_kwonlyargcount
    accepted = code.co_varnames[:count]
    optional = set(accepted[code.co_argcount - len(inner.__defaults__ or ()) : code.co_argcount])
    optional |= set(inner.__kwdefaults__ or ())
    found = []
    if code.co_flags & _NOT_PLAIN:
        found.append(f"{name} is asynchronous or a generator; write a plain `def` with `return`")
    found += [
        f"{name} takes {argument} by position only; remove the `/` from its signature"
        for argument in accepted[: code.co_posonlyargcount]
    ]
    if not code.co_flags & _VAR_KEYWORDS:
        found += [
            f"{name} does not take {argument}, which the contract declares"
            for argument in arguments
            if argument not in accepted
        ]
    found += [
        f"{name} requires {argument}, which the contract does not declare"
        for argument in accepted
        if argument not in arguments and argument not in optional
    ]
    return found
