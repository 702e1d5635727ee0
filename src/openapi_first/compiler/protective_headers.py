"""Plans the headers that the engine adds to the responses of an operation.

X-Content-Type-Options is `nosniff`. Cache-Control is what the response declares. Where it declares
none and the operation needs a credential, only the caller may have its responses. RFC 9111 §3.5
mentions Authorization, and an API key is in another header. With an ETag they are stored and
revalidated, without one they are not stored. Responses that anybody may have get none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from openapi_first.aws.extensions import AUTH
from openapi_first.openapi.model import Header, Operation
from openapi_first.runtime.plan import HeaderPlan, ResponsePlan
from openapi_first.runtime.wire.added_headers import CACHE_CONTROL, CONTENT_TYPE_OPTIONS, PROTECTIVE
from openapi_first.runtime.wire.header_values import header_lines
from openapi_first.runtime.wire.json_text import dump_json
from openapi_first.runtime.wire.sendable import UnsendableError

NOT_STORED = "no-store"
REVALIDATED = "private, no-cache"
"""Only for a cache of the client, which asks with If-None-Match before it uses the response."""

_NOT_MODIFIED = "304"
_OPEN = "NONE"

Matches = Callable[[HeaderPlan, str], bool]
"""Whether a header may have a value."""


def is_behind_a_credential(operation: Operation) -> bool:
    """Whether a response may depend on a credential, even on one that a request may leave out."""
    signed = operation.node.value.get(AUTH)
    kind = signed.get("type") if isinstance(signed, dict) else None
    return any(operation.security) or str(kind or _OPEN).upper() != _OPEN


def undeclared_headers(operation: Operation) -> Mapping[str, str]:
    """The headers of a response whose status the operation does not declare."""
    return _headers({}, {}, _default(operation, has_entity_tag=False), _never)


def with_protective_headers(
    operation: Operation, plans: tuple[ResponsePlan, ...], matches: Matches
) -> tuple[ResponsePlan, ...]:
    """The plans of the operation's responses, each with the headers that the engine adds."""
    declared = {
        response.status: {each.name.lower(): each for each in response.headers}
        for response in operation.responses
    }
    planned: dict[str, ResponsePlan] = {}
    for plan in plans:
        headers = declared[plan.status]
        cache_control = _default(operation, has_entity_tag="etag" in headers)
        added = _headers(
            headers, {each.name.lower(): each for each in plan.headers}, cache_control, matches
        )
        planned[plan.status] = replace(plan, added=added)
    unmodified = planned.get(_NOT_MODIFIED)
    if unmodified is not None and CACHE_CONTROL.lower() not in declared[_NOT_MODIFIED]:
        # It has the Cache-Control of the response that it stands for (RFC 9110 §15.4.5).
        full = next((planned[each] for each in ("200", "2XX", "default") if each in planned), None)
        if full is not None:
            planned[_NOT_MODIFIED] = replace(
                unmodified, added=_with_cache_control(unmodified.added, full.added)
            )
    return tuple(planned.values())


def _with_cache_control(own: Mapping[str, str], full: Mapping[str, str]) -> Mapping[str, str]:
    kept = {name: value for name, value in own.items() if name != CACHE_CONTROL}
    return kept | {name: value for name, value in full.items() if name == CACHE_CONTROL}


def _default(operation: Operation, *, has_entity_tag: bool) -> Mapping[str, str]:
    if not is_behind_a_credential(operation):
        return {}
    return {CACHE_CONTROL: REVALIDATED if has_entity_tag else NOT_STORED}


def _headers(
    declared: Mapping[str, Header],
    plans: Mapping[str, HeaderPlan],
    cache_control: Mapping[str, str],
    matches: Matches,
) -> dict[str, str]:
    """The first value of each header that matches what is declared; none if no value does."""
    defaults = {**PROTECTIVE, **cache_control}
    found: dict[str, str] = {}
    for name in (CONTENT_TYPE_OPTIONS, CACHE_CONTROL):
        key = name.lower()
        default = [defaults[name]] if name in defaults else []
        if key not in declared:
            values = default
        else:
            written = _written_values(declared[key], plans[key])
            values = [each for each in (*written, *default) if matches(plans[key], each)]
        if values:
            found[name] = values[0]
    return found


def _written_values(header: Header, plan: HeaderPlan) -> Iterator[str]:
    """The value that the schema names: its `const`, its only `enum`, or its `default`."""
    schema = header.schema.followed().value
    if not isinstance(schema, dict):
        return
    choices = schema.get("enum")
    only = choices if isinstance(choices, list) and len(choices) == 1 else []
    candidates: list[Any] = [*only]
    candidates += [schema[keyword] for keyword in ("const", "default") if keyword in schema]
    for value in candidates:
        try:
            lines = header_lines({header.name: value}, {header.name.lower(): plan}, dump_json)
        except UnsendableError:
            continue
        yield from (line for line in lines.values() if isinstance(line, str))


def _never(_: HeaderPlan, __: str) -> bool:
    return False
