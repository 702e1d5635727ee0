"""Problem details (RFC 9457): the format of every error response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from openapi_first.core.json_pointer import escaped

MEDIA_TYPE = "application/problem+json"

# RFC 9110 renamed these. Python has the new names from 3.13 on, and titles must not depend on it.
_PHRASES = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}


def phrase(status: int) -> str:
    """The reason phrase of a status code (RFC 9110 §15), or "Error" for an unknown one."""
    known = _PHRASES.get(status)
    if known is not None:
        return known
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def fragment_step(name: str | int) -> str:
    """One step of a JSON Pointer in a URI fragment, with its slash (RFC 6901 §3 and §6)."""
    return "/" + quote(escaped(name), safe="~!$&'()*+,;=:@?")


@dataclass(frozen=True, slots=True)
class ProblemEntry:
    """One error in a request.

    `pointer` is a JSON Pointer into the body as a URI fragment (`#/name`, RFC 6901 §6), `parameter`
    the name of a parameter as in the contract. Neither is set for an error in the whole request.
    """

    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def as_dict(self) -> dict[str, str]:
        """The members that are set, as they are sent."""
        members = {"parameter": self.parameter, "pointer": self.pointer, "detail": self.detail}
        return {name: value for name, value in members.items() if value is not None}


class Problem(Exception):
    """Raised by an operation or the engine to answer with problem details.

    `title` defaults to the reason phrase of the status, as RFC 9457 §4.2.1 requires of the type
    `about:blank`. `errors` lists every error found. `headers` are sent as they are.
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
        """The response body; `instance` is the request id, by which log lines can be found."""
        body: dict[str, object] = {"type": self.type, "title": self.title, "status": self.status}
        if self.detail is not None:
            body["detail"] = self.detail
        if request_id:
            body["instance"] = f"urn:uuid:{request_id}"
        if self.errors:
            body["errors"] = [entry.as_dict() for entry in self.errors]
        return body


def invalid_request(entries: Sequence[ProblemEntry]) -> Problem:
    """The problem for a request that violates the contract."""
    return Problem(400, "The request does not match the API contract.", errors=entries)
