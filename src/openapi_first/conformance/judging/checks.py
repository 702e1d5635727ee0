"""Every check of contract tests: what it promises, which operations promise it, and where.

A new check is a constant here, in `CHECKS`, and the code that judges: a function in
`response_complaints` for a check of every response (also in `RESPONSE_CHECKS`), a step of a phase
otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from openapi_first.conformance.judging import response_complaints as complaints
from openapi_first.conformance.judging.check_types import (
    Check,
    ResponseCheck,
    Subject,
    case_part,
    no_part,
)
from openapi_first.conformance.judging.own_answers import is_own_answer
from openapi_first.conformance.judging.response_complaints import Evidence
from openapi_first.conformance.judging.unjudged import Step
from openapi_first.conformance.model.run import Expectation, Phase
from openapi_first.core.problem_details import MEDIA_TYPE as PROBLEM_MEDIA_TYPE
from openapi_first.openapi.model import Operation

_RESPONSES = ("responses",)
_REQUEST = ("parameters", "requestBody")

STATUS = ResponseCheck(
    id="status",
    promise="every response status is declared",
    promised_in=_RESPONSES,
    complaint=complaints.undeclared_status,
)
MEDIA_TYPE = ResponseCheck(
    id="media-type",
    promise="every response has a declared media type",
    promised_in=_RESPONSES,
    concerns=lambda evidence: evidence.declared is not None,
    complaint=complaints.undeclared_media_type,
)
BODY = ResponseCheck(
    id="body",
    promise="response bodies match their schemas",
    applies=lambda subject: subject.operation.method != "HEAD",
    promised_in=_RESPONSES,
    concerns=lambda evidence: evidence.may_have_content,
    complaint=complaints.body_error,
)
HEADER = ResponseCheck(
    id="header",
    promise="declared response headers are present and match their schemas",
    applies=lambda subject: any(each.headers for each in subject.operation.responses),
    promised_in=_RESPONSES,
    complaint=complaints.header_error,
)
UNDOCUMENTED_HEADER = ResponseCheck(
    id="undocumented-header",
    promise="responses have no undeclared headers",
    concerns=lambda evidence: evidence.declared is not None,
    complaint=complaints.undeclared_header,
)
PROBLEM_DETAILS = ResponseCheck(
    id="problem-details",
    promise="problem details are well-formed (RFC 9457)",
    applies=lambda subject: (
        subject.operation.method != "HEAD"
        and any(
            complaints.declares(entry.name, PROBLEM_MEDIA_TYPE)
            for response in subject.operation.responses
            for entry in response.content
        )
    ),
    concerns=lambda evidence: (
        evidence.may_have_content and evidence.response.media_type == PROBLEM_MEDIA_TYPE
    ),
    complaint=complaints.malformed_problem,
)
SERVER_ERROR = ResponseCheck(
    id="server-error",
    promise="no request causes a 5xx response",
    promised_in=_RESPONSES,
    complaint=complaints.server_error,
)
KEY = Check(
    id="key",
    promise="credentials are required exactly where the contract requires them",
    promised_in=("security",),
)
CORS = ResponseCheck(
    id="cors",
    promise="pages from the origins that the preflight allows can read every response",
    concerns=lambda evidence: evidence.operation.path in evidence.preflight_origins,
    complaint=complaints.missing_cors,
    part=no_part,
)
PREFLIGHT = Check(
    id="preflight",
    promise="the preflight allows the contract's methods and headers",
)
ALLOWED = ResponseCheck(
    id="allowed",
    promise="requests that match the contract are not refused",
    promised_in=_REQUEST,
    concerns=lambda evidence: _expected(evidence, Expectation.ALLOWED),
    complaint=complaints.refused_although_allowed,
    part=case_part,
)
FORBIDDEN = ResponseCheck(
    id="forbidden",
    promise="requests that violate the contract are refused with a 4xx that reports the error",
    applies=lambda subject: bool(subject.operation.parameters or subject.operation.body),
    promised_in=_REQUEST,
    concerns=lambda evidence: _expected(evidence, Expectation.FORBIDDEN),
    complaint=complaints.accepted_although_forbidden,
    part=case_part,
)
DISCLOSURE = ResponseCheck(
    id="disclosure",
    promise="no response body shows a stack trace, a path of the server or a secret",
    complaint=complaints.disclosure,
)
EXAMPLE = Check(
    id="example",
    promise="the contract's examples get the responses they belong to",
    applies=lambda subject: _has_examples(subject.operation),
)
LINK = Check(
    id="link",
    promise="links can be followed",
    applies=lambda subject: any(
        each.node.get("links") is not None for each in subject.operation.responses
    ),
    promised_in=_RESPONSES,
)
LIFE_CYCLE = Check(
    id="life-cycle",
    promise="reads return what was written until it is removed",
    applies=lambda subject: subject.creates or subject.reads or subject.updates or subject.deletes,
)
CONDITIONAL_READ = ResponseCheck(
    id="conditional-read",
    promise="If-None-Match prevents sending what the client already has, and nothing else",
    applies=lambda subject: (
        subject.operation.method in ("GET", "HEAD") and subject.takes("If-None-Match")
    ),
    promised_in=_REQUEST,
    concerns=lambda evidence: complaints.named_tags(evidence) is not None,
    complaint=complaints.unknown_to_client,
)
CONDITIONAL_WRITE = Check(
    id="conditional-write",
    promise="If-Match prevents one client from overwriting another's change",
    applies=lambda subject: (subject.updates or subject.deletes) and subject.takes("If-Match"),
    promised_in=_REQUEST,
)
IDEMPOTENCY = Check(
    id="idempotency",
    promise="requests with the same Idempotency-Key create once",
    applies=lambda subject: subject.creates and subject.takes("Idempotency-Key"),
    promised_in=_REQUEST,
)
UNCHANGED = Check(
    id="unchanged",
    promise="a refused write changes nothing",
    applies=lambda subject: subject.updates,
)
LIST = Check(
    id="list",
    promise="lists contain what was created",
    applies=lambda subject: bool(subject.listings),
)
PAGING = Check(
    id="paging",
    promise="pages neither lose nor repeat items",
    applies=lambda subject: (
        subject.browsed or any(each.pager is not None for each in subject.listings)
    ),
)
REMOVED = Check(
    id="removed",
    promise="what was removed stays removed",
    applies=lambda subject: subject.deletes,
)
UNKNOWN_ROUTE = Check(
    id="unknown-route",
    promise="paths and methods that the contract does not have are refused",
)

CHECKS = (
    *(STATUS, MEDIA_TYPE, BODY, HEADER, UNDOCUMENTED_HEADER, PROBLEM_DETAILS, SERVER_ERROR),
    *(KEY, CORS, PREFLIGHT, ALLOWED, FORBIDDEN, DISCLOSURE, EXAMPLE, LINK, LIFE_CYCLE),
    *(CONDITIONAL_READ, CONDITIONAL_WRITE, IDEMPOTENCY, UNCHANGED, LIST, PAGING, REMOVED),
)
"""The checks of operations, in the order of reports. `UNKNOWN_ROUTE` is of the whole API."""

RESPONSE_CHECKS = (
    *(SERVER_ERROR, STATUS, DISCLOSURE, MEDIA_TYPE, UNDOCUMENTED_HEADER, PROBLEM_DETAILS),
    *(ALLOWED, FORBIDDEN, BODY, HEADER, CONDITIONAL_READ, CORS),
)
"""The checks of every response, in the order in which they judge: with `--fail-fast` the first
complaint is the one that is reported."""


_OF_DECLARATIONS = (STATUS, MEDIA_TYPE, BODY, HEADER)


def judge_response(evidence: Evidence, step: Step) -> Iterator[tuple[ResponseCheck, str | None]]:
    """Each check that the operation promises and that concerns the response, and its complaint;
    without the checks that complain that the contract does not declare an answer that no function
    has written. Each check is a `step` of its own."""
    for check in RESPONSE_CHECKS:
        judged, complaint = False, None
        with step(evidence.operation.id, check.id):
            if _judges(check, evidence):
                complaint = check.complaint(evidence)
                undeclared = complaint and check in _OF_DECLARATIONS and is_own_answer(evidence)
                judged = not undeclared
        if judged:
            yield check, complaint


def is_undeclared_answer(evidence: Evidence) -> bool:
    """Whether `judge_response` leaves this answer out; `undeclared_answer` is a note about it."""
    return is_own_answer(evidence) and any(
        _judges(each, evidence) and each.complaint(evidence) for each in _OF_DECLARATIONS
    )


def undeclared_answer(status: int, operations: Iterable[str]) -> str:
    """One note about all operations that were answered so."""
    return (
        f"{', '.join(operations)}: {status} was not answered by the function, and the contract "
        "declares no such response; declare the media type of the response under its status, a "
        "range such as `4XX`, or `default`"
    )


def _judges(check: ResponseCheck, evidence: Evidence) -> bool:
    return check.applies(Subject(evidence.operation, ())) and check.concerns(evidence)


def _expected(evidence: Evidence, expectation: Expectation) -> bool:
    case = evidence.exchange.case
    return case.expectation is expectation and case.phase is not Phase.CLEANUP


def _has_examples(operation: Operation) -> bool:
    bodies = operation.body.content if operation.body is not None else ()
    nodes = [part.node for part in operation.parameters] + [part.node for part in bodies]
    return any("example" in node.value or "examples" in node.value for node in nodes)
