"""Problem details (RFC 9457): the one shape of every error the API gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

MEDIA_TYPE = "application/problem+json"

# RFC 9110 renamed these; Python follows only from 3.13 on, and a title must not change with it.
_PHRASES = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}


def phrase(status: int) -> str:
    """The reason phrase of an HTTP status code (RFC 9110 §15), "Error" for an unknown one."""
    known = _PHRASES.get(status)
    if known is not None:
        return known
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def fragment_step(name: str | int) -> str:
    """One step of a JSON Pointer in a URI fragment (RFC 6901 §3 and §6), with its slash."""
    escaped = str(name).replace("~", "~0").replace("/", "~1")
    return "/" + quote(escaped, safe="~!$&'()*+,;=:@?")


@dataclass(frozen=True, slots=True)
class ProblemEntry:
    """One thing wrong with a request, and where.

    `pointer` is a JSON Pointer into the body as a URI fragment (`#/name`, RFC 6901 §6),
    `parameter` the name of a parameter as the contract spells it; one of the two, or neither
    when the fault is the request's as a whole.
    """

    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def as_dict(self) -> dict[str, str]:
        """The members that are set, in the order people read them."""
        members = {"parameter": self.parameter, "pointer": self.pointer, "detail": self.detail}
        return {name: value for name, value in members.items() if value is not None}


class Problem(Exception):
    """Raised by an operation (or the engine) to answer with problem details.

    `status` is the HTTP status; `title` defaults to its reason phrase, as RFC 9457 §4.2.1 asks of
    the type `about:blank`. `errors` lists every fault found. `headers` are sent as they are.
    """

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        *,
        title: str | None = None,
        type: str = "about:blank",
        errors: Sequence[ProblemEntry] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or title or phrase(status))
        self.status = status
        self.detail = detail
        self.title = title or phrase(status)
        self.type = type
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def as_dict(self, request_id: str | None) -> dict[str, object]:
        """The body to send; `instance` names the request, so that a log line can be found by it."""
        body: dict[str, object] = {"type": self.type, "title": self.title, "status": self.status}
        if self.detail is not None:
            body["detail"] = self.detail
        if request_id:
            body["instance"] = f"urn:uuid:{request_id}"
        if self.errors:
            body["errors"] = [fault.as_dict() for fault in self.errors]
        return body
