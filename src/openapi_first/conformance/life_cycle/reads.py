"""Reads of what a run has created, compared with what was written."""

from __future__ import annotations

import time
from typing import Any

from openapi_first.conformance.judging.checks import LIFE_CYCLE
from openapi_first.conformance.model.declarations import declared_headers
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.phases.comparison import Difference, difference
from openapi_first.conformance.phases.steps import Steps, json_body, succeeded
from openapi_first.conformance.phases.written_bodies import merges
from openapi_first.conformance.roles.created_resources import CreatedResource
from openapi_first.conformance.roles.resources import Resource
from openapi_first.openapi.model import Operation

_TRIES = 3
_PAUSE_S = 0.3
_GONE = (404, 410)


def entity_tag(exchange: Exchange | None) -> str | None:
    return exchange.response.header("ETag") if exchange is not None else None


class Reads:
    """Reads of one resource. Members that change from one read to the next without a write are not
    compared."""

    def __init__(self, steps: Steps, resource: Resource) -> None:
        self._steps = steps
        self._resource = resource
        self._volatile: set[str] = set()

    @property
    def changes_by_itself(self) -> bool:
        """Whether reads show something else without a write."""
        return bool(self._volatile)

    def is_there(self, created: CreatedResource) -> bool:
        """Whether it can be read, now or after some pauses."""
        if self._resource.read is None:
            return False
        for _ in range(_TRIES):
            if succeeded(self._steps.ask(self._resource.read, "read", created)):
                return True
            time.sleep(_PAUSE_S)
        return False

    def compared(
        self,
        created: CreatedResource,
        operation: Operation,
        write: Exchange,
        before: Exchange | None = None,
    ) -> Exchange | None:
        """Reads what the operation has written and compares; None if it cannot be read. `before`
        is a read before the write. Raises StopAtFinding."""
        read, steps = self._resource.read, self._steps
        if read is None:
            return None
        exchange = steps.ask(read, "read what was written", created)
        status = exchange.response.status
        if not succeeded(exchange):
            if status in _GONE:
                complaint = f"the status is {status} for what was written"
                steps.record(LIFE_CYCLE, read, exchange, complaint)
            else:
                steps.note(read, f"answers {status} for what was written")
            return None
        if before is None:
            self.learn(exchange, steps.ask(read, "read it again", created))
        found = self._difference(read, operation, write, exchange, before)
        complaint_or_none = steps.accusation(read, found, "when what was written is read")
        steps.record(LIFE_CYCLE, read, exchange, complaint_or_none)
        self._compare_tags(read, operation, write, exchange)
        return exchange

    def same_body(self, one: Exchange, other: Exchange) -> bool:
        """Whether two reads show the same, apart from members that change by themselves."""
        first, second = json_body(one), json_body(other)
        return bool(self._steady(first) == self._steady(second))

    def _steady(self, body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        return {name: value for name, value in body.items() if name not in self._volatile}

    def learn(self, one: Exchange, other: Exchange) -> None:
        """Takes note of what differs in two reads without a write between them."""
        first, second = json_body(one), json_body(other)
        if isinstance(first, dict) and isinstance(second, dict):
            changed = {name for name in first if first[name] != second.get(name)}
            self._volatile |= changed - self._identifying()  # an id must not change

    def _difference(
        self,
        read: Operation,
        operation: Operation,
        write: Exchange,
        exchange: Exchange,
        before: Exchange | None,
    ) -> Difference | None:
        """What of a write, and of its response, is missing or different in a read."""
        steps = self._steps
        body, answered = json_body(exchange), json_body(write)
        if not isinstance(body, dict):
            return None
        schema = steps.response_schema(read, exchange.response.status)
        sent = self._steady(steps.readable_members(operation, write.case.request, read))
        found = difference(sent, body, schema)
        if found is not None and not found.normalised:
            return found
        if isinstance(answered, dict):
            shared = self._steady({name: value for name, value in answered.items() if name in body})
            judged = {*sent, *self._identifying()}
            mine = {name: value for name, value in shared.items() if name in judged}
            own = difference(mine, body, schema)
            if own is not None:
                return Difference(own.text)
            other = difference(shared, body, schema)
            if other is not None:
                line = "than in the response to the write; only the service writes that"
                steps.note(read, f"{other.text} {line}")
        return self._forgotten(operation, write, body, before) or found

    def _identifying(self) -> set[str]:
        """The members of a creation's response that are in the path."""
        expressions = self._steps.conversation.identifying(self._resource)
        texts = [str(each) for each in expressions.values()]
        return {text.rpartition("#/")[2] for text in texts if text.startswith("$response.body#/")}

    def _forgotten(
        self, operation: Operation, write: Exchange, body: dict[str, Any], before: Exchange | None
    ) -> Difference | None:
        """A member that a merge patch does not name and that is gone (RFC 7396 §2)."""
        shown = json_body(before) if before is not None else None
        if not merges(operation) or not isinstance(shown, dict):
            return None
        named = self._steps.readable_members(operation, write.case.request, self._resource.read)
        writable = self._steps.request_members(operation)
        for name in shown:
            is_kept = name in writable and name not in named and shown[name] is not None
            if is_kept and body.get(name) is None:
                return Difference(f"`{name}`, which the merge patch does not name, is missing")
        return None

    def _compare_tags(
        self, read: Operation, operation: Operation, write: Exchange, exchange: Exchange
    ) -> None:
        """The response to a write has the entity tag of what was written (RFC 9110 §15.3.2,
        §9.3.4), if the contract declares one for both."""
        written, shown = entity_tag(write), entity_tag(exchange)
        declared = all(
            any(header.name.lower() == "etag" for header in declared_headers(each, status))
            for each, status in (
                (operation, write.response.status),
                (read, exchange.response.status),
            )
        )
        if written is None or shown is None or not declared or self.changes_by_itself:
            return
        complaint = None
        if written.removeprefix("W/") != shown.removeprefix("W/"):
            complaint = "the ETag is not the one in the response to the write"
        self._steps.record(LIFE_CYCLE, read, exchange, complaint)
