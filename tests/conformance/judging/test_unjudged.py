"""A run ends with its report, whatever a stage answers and whatever goes wrong in a step."""

from __future__ import annotations

import gzip
import itertools
import json
import random
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from openapi_first.conformance.judging import checks
from openapi_first.conformance.judging.check_types import Check, ResponseCheck
from openapi_first.conformance.judging.checks import (
    CHECKS,
    RESPONSE_CHECKS,
    UNKNOWN_ROUTE,
    judge_response,
)
from openapi_first.conformance.judging.promises import promises
from openapi_first.conformance.judging.response_complaints import Evidence
from openapi_first.conformance.judging.unjudged import Unjudged
from openapi_first.conformance.model.declarations import declared_response
from openapi_first.conformance.model.errors import CannotJudge, ConnectionLost, StopAtFinding
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import (
    Case,
    Exchange,
    Expectation,
    Options,
    Phase,
    Run,
    SilentListener,
)
from openapi_first.conformance.session import plan, replay
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract
from support.commands import contract as contract_command
from support.documents import operation, whole, written

PROBLEM = "application/problem+json"
CONTRACT = """\
openapi: 3.0.3
info: {title: notes, version: '1'}
paths:
  /notes:
    post:
      operationId: create
      parameters: [{name: Idempotency-Key, in: header, schema: {type: string}}]
      requestBody: {required: true, content: {application/json: {schema: &note {
        type: object, required: [text], properties: {
          id: {type: string, readOnly: true}, text: {type: string, maxLength: 9}}}}}}
      responses:
        '201':
          description: made
          headers: {Location: {schema: {type: string}}}
          content: {application/json: {schema: *note}}
          links: {read: {operationId: read, parameters: {id: $response.body#/id}}}
        4XX: {description: an error, content: {application/problem+json: {}}}
    get:
      operationId: list
      responses:
        '200':
          description: all
          content: {application/json: {schema: {type: array, items: *note}}}
  /notes/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: read
      parameters: [{name: n, in: query, schema: {type: integer, maximum: 9}}]
      responses:
        '200': {description: one, content: {application/json: {schema: {type: object}}}}
        default: {description: any, content: {'*/*': {}}}
    head:
      operationId: peek
      responses:
        '200': {description: one}
        4XX: {description: no, content: {application/problem+json: {}}}
    delete:
      operationId: drop
      responses: {'204': {description: gone}, '404': {description: none}}
"""


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return load(written(tmp_path_factory.mktemp("notes"), CONTRACT))


def answer(body: bytes, *headers: str, status: str = "200 OK", length: bool = True) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, "Connection: close"]
    lines += [f"Content-Length: {len(body)}"] if length else []
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


JSON = "Content-Type: application/json"


def sound(number: int = 1) -> bytes:
    """Something that has been created."""
    content = json.dumps({"id": str(number), "text": "a"}).encode()
    return answer(content, JSON, f"Location: /notes/{number}", status="201 Created")


GARBAGE = {
    "no JSON": answer(b"{", JSON),
    "deep JSON": answer(b"[" * 100_000, JSON),
    "NaN": answer(b'{"id": NaN}', JSON),
    "no UTF-8": answer(b'"\xff\xfe"', JSON),
    "an unknown charset": answer(b"{}", f"{JSON}; charset=no-such-charset"),
    "a charset that is none": answer(b"{}", f'{JSON}; charset="'),
    "another charset": answer("{}".encode("utf-16"), f"{JSON}; charset=utf-16"),
    "no media type": answer(b"{}", "Content-Type: \xff;;=/"),
    "an empty media type": answer(b"{}", "Content-Type:"),
    "two media types": answer(b"{}", JSON, "Content-Type: text/plain"),
    "a malformed problem": answer(
        b'{"status": "400", "title": 5}', f"Content-Type: {PROBLEM}", status="400 No"
    ),
    "a problem that is a list": answer(b"[1]", f"Content-Type: {PROBLEM}", status="404 No"),
    "no gzip": answer(b"{}", JSON, "Content-Encoding: gzip"),
    "half of gzip": answer(gzip.compress(b"{}" * 99)[:-9], JSON, "Content-Encoding: gzip"),
    "a lone surrogate": answer(b'{"id": "\\ud800", "text": "a"}', JSON, status="201 Created"),
    "an odd Location": answer(b"{}", JSON, "Location: http://[::/%zz", status="201 Created"),
    "an odd ETag": answer(b"{}", JSON, "ETag: \xff\x80"),
    "an id that is a list": answer(b'{"id": [[]], "text": "a"}', JSON, status="201 Created"),
    "a list of numbers": answer(b"[1, null, {}]", JSON),
    "two lengths": answer(b"{}", JSON, "Content-Length: 7"),
    "a truncated body": answer(b"{}", JSON, "Content-Length: 90", length=False),
    "broken chunks": answer(b"ZZ\r\n{}", JSON, "Transfer-Encoding: chunked", length=False),
    "half a chunk": answer(b"5\r\n{}", JSON, "Transfer-Encoding: chunked", length=False),
    "a status of four digits": answer(b"{}", JSON, status="2000 OK"),
    "a status that is none": answer(b"{}", JSON, status="OK"),
    "the status 999": answer(b"{}", JSON, status="999 Odd"),
    "101 without an upgrade": answer(b"", status="101 Switch", length=False),
    "a very long header": answer(b"{}", JSON, "X-Long: " + "a" * 70_000),
    "many headers": answer(b"{}", *(f"X-{number}: a" for number in range(120))),
    "a header without a colon": answer(b"{}", JSON, "garbage"),
    "a header with NUL": answer(b"{}", "X-A: \x00", JSON),
    "no HTTP": b"\x00\xff\r\n\r\n",
    "nothing": b"",
}


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        line = self.rfile.readline(65536).decode("latin-1")
        length = 0
        while (header := self.rfile.readline(65536).strip()) != b"":
            if header.lower().startswith(b"content-length:"):
                length = int(header.partition(b":")[2])
        self.rfile.read(length)
        method, _, path = line.rpartition(" ")[0].partition(" ")
        content = self.server.answers(method, path.partition("?")[0])  # type: ignore[attr-defined]
        self.wfile.write(content)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_: object) -> None:
        """The client hangs up when it has seen enough."""


@contextmanager
def answering(answers: Callable[[str, str], bytes]) -> Iterator[str]:
    """The URL of a stage that sends these bytes for each method and path, and ends each
    connection."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.answers = answers  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def run(contract: Contract, url: str, **options: Any) -> Run:
    chosen = {"phases": frozenset(Phase) - {Phase.GENERATED}, "max_examples": 0, **options}
    return replay(contract, Options(url, **chosen))


def unexpected(found: Run) -> list[str]:
    return [each.reason for each in found.not_judged if "unexpected" in each.reason]


def test_what_one_operation_answers_costs_no_other_operation_its_verdicts(
    notes: Contract, everything: bool
) -> None:
    """One kind after the other in one run; with `--all`, some in a run of their own, too."""
    kinds = list(GARBAGE)
    for chosen in (kinds, *([each] for each in kinds[::4] if everything)):
        sent: list[str] = []
        numbers = itertools.count()

        def answers(method: str, path: str) -> bytes:
            if method != "GET" or not path.startswith("/notes/"):
                return sound(next(numbers))  # noqa: B023
            sent.append(chosen[len(sent) % len(chosen)])  # noqa: B023
            return GARBAGE[sent[-1]]  # noqa: B023

        with answering(answers) as url:
            found = run(notes, url)
        assert set(sent) == set(chosen)
        assert found.ended_early is None
        judged = {verdict.promise.operation for verdict in found.verdicts if verdict.judged}
        assert {"create", "list", "peek", "drop"} <= judged
        assert unexpected(found) == []
        assert {each.operation for each in found.not_judged} <= {"", "read", "create"}


def test_random_answers_never_end_a_run_without_its_report(
    notes: Contract, everything: bool
) -> None:
    quick = frozenset({Phase.GATEWAY, Phase.LIFE_CYCLE})
    phases = frozenset(Phase) - {Phase.GENERATED} if everything else quick
    for seed in range(15 if everything else 3):
        rng, numbers = random.Random(seed), itertools.count()
        kinds: dict[tuple[str, bool], bytes | None] = {}

        def chosen(method: str, path: str) -> bytes:
            """The same kind for each operation, most often something that is created."""
            key = (method, path == "/notes")
            kind = rng.choice([None] * len(GARBAGE) + list(GARBAGE.values()))  # noqa: B023
            return kinds.setdefault(key, kind) or sound(next(numbers))  # noqa: B023

        with answering(chosen) as url:
            try:
                found = run(notes, url, seed=seed, phases=phases)
            except CannotJudge:
                continue  # nothing of the stage responds
        assert len(found.verdicts) == len(promises(notes))
        assert unexpected(found) == []


def test_a_stage_that_has_just_been_started_is_waited_for(notes: Contract) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    started: list[_Server] = []

    def start() -> None:
        server = _Server(("127.0.0.1", port), _Handler)
        server.answers = lambda *_: sound()  # type: ignore[attr-defined]
        started.append(server)
        server.serve_forever(0.01)

    url = f"http://127.0.0.1:{port}"
    with pytest.raises(CannotJudge, match="cannot connect"):
        run(notes, url, phases=frozenset())
    threading.Timer(0.2, start).start()
    found = run(notes, url, phases=frozenset(), wait=20)
    started[0].shutdown()
    started[0].server_close()
    assert found.ended_early is None


def unsampled() -> dict[str, Any]:
    """A contract with a parameter and a body that no value matches."""
    document = whole()
    impossible = {"type": "string", "minLength": 5, "maxLength": 2}
    document["paths"]["/impossible"] = {
        "get": {
            "operationId": "ask",
            "parameters": [
                {"name": "q", "in": "query", "required": True, "schema": impossible},
            ],
            "responses": {"200": {"description": "an answer"}},
        },
        "post": {
            "operationId": "save",
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"allOf": [impossible]}}},
            },
            "responses": {"201": {"description": "saved"}},
        },
    }
    return document


def test_what_no_request_could_be_made_up_for_is_planned_as_not_judged(tmp_path: Path) -> None:
    found = plan(load(written(tmp_path, unsampled())), Options("http://127.0.0.1:9/prod"))
    assert {each.operation for each in found.not_judged} == {"ask", "save"}
    assert all("no request could be made up" in each.reason for each in found.not_judged)
    assert {case.operation for case in found.cases} >= {"getThing"}


def test_all_reports_are_written_and_the_status_is_2(tmp_path: Path) -> None:
    path = written(tmp_path, unsampled())
    names = ("junit.xml", "page.html", "record.json")
    with answering(lambda *_: answer(b"")) as url:
        done = contract_command(
            *("test", url, str(path), "--format", "json", "--phase", "example"),
            *("--junit", names[0], "--html", names[1], "--coverage", names[2]),
            folder=tmp_path,
        )
        text = contract_command("test", url, str(path), "--phase", "example")
    report = json.loads(done.stdout)
    assert (done.returncode, report["findings"]) == (2, []), done.stderr
    operations = {each["operation"] for each in report["not_judged"]}
    assert operations == {"ask", "save"}
    suite = ElementTree.parse(tmp_path / names[0]).getroot()[0]
    assert (suite.get("errors"), suite.get("failures")) == ("1", "0")
    assert int(suite.get("tests") or 0) == len(suite.findall("testcase"))
    assert "NOT JUDGED save, boundary: no request could be made up" in text.stdout
    page = (tmp_path / names[1]).read_text()
    assert "save, boundary: no request could be made up" in page
    assert "No promise was broken" not in page
    assert (tmp_path / names[2]).exists()
    assert (
        done.stderr.splitlines()[-1] == f"contract: not judged: {len(report['not_judged'])} steps"
    )


def test_a_finding_counts_more_than_what_was_not_judged(tmp_path: Path) -> None:
    path = written(tmp_path, unsampled())
    with answering(lambda *_: answer(b"")) as url:
        assert contract_command("test", url, str(path), "--phase", "boundary").returncode == 1


def test_an_error_of_the_engine_in_a_step_is_shown_with_its_type_and_place(
    notes: Contract,
) -> None:
    class Broken(SilentListener):
        def exchanged(self, exchange: Exchange, total: int) -> None:
            if exchange.case.operation == "list":
                raise ZeroDivisionError("by the test")

    numbers = itertools.count()
    with answering(lambda *_: sound(next(numbers))) as url:
        found = replay(notes, Options(url, phases=frozenset({Phase.GATEWAY})), Broken())
    reasons = {each.reason for each in found.not_judged if each.operation == "list"}
    (reason,) = reasons
    assert reason.startswith("unexpected ZeroDivisionError: by the test (at openapi_first/conf")
    assert reason.endswith("please report it")
    judged = {verdict.promise.operation for verdict in found.verdicts if verdict.judged}
    assert {"create", "read", "peek", "drop"} <= judged


@pytest.mark.parametrize("error", [CannotJudge("over"), StopAtFinding(), KeyboardInterrupt()])
def test_what_ends_a_run_ends_it_in_a_step_too(error: BaseException) -> None:
    unjudged = Unjudged({})
    with pytest.raises(type(error)), unjudged.step("op", "boundary"):
        raise error
    assert unjudged.found() == ()


def test_a_lost_connection_is_not_judged_and_repeats_a_walk() -> None:
    unjudged = Unjudged({})
    with unjudged.step("op", "boundary"):
        raise ConnectionLost("reset")
    with pytest.raises(ConnectionLost), unjudged.part("op", "life cycle"):
        raise ConnectionLost("reset")
    (found,) = unjudged.found()
    assert str(found) == "op, boundary: the connection was lost: reset"


def test_reasons_show_no_credential_and_are_counted_and_limited() -> None:
    unjudged = Unjudged({"$API_KEY": "very-secret-key"})
    for number in range(30):
        for _ in range(2):
            unjudged.record("op", "boundary", f"very-secret-key\n{number}")
    found = unjudged.found()
    assert found[0].reason == "$API_KEY 0"
    assert [each.times for each in found] == [2] * 10 + [40]


@pytest.mark.parametrize("method", ["get", "head", "post"])
@pytest.mark.parametrize(
    "responses",
    [
        {"200": {"description": "d"}},
        {"200": {"description": "d", "headers": {"ETag": {"schema": {"type": "string"}}}}},
        {"4XX": {"description": "d", "content": {PROBLEM: {}}}},
        {"default": {"description": "d", "content": {"*/*": {}}}},
        {"default": {"description": "d", "content": {"application/*": {}, "text/plain": {}}}},
    ],
)
def test_whatever_a_check_can_report_is_a_promise_of_the_operation(
    tmp_path: Path, method: str, responses: dict[str, Any]
) -> None:
    document = whole()
    operation(document)["responses"] = responses
    item = document["paths"]["/things/{id}"]
    item[method] = item.pop("get")
    contract = load(written(tmp_path, document))
    (found,) = contract.operations
    promised = {each.check for each in promises(contract) if each.operation == found.id}
    headers = ((), (("X-A", "b"),), (("Content-Type", PROBLEM),), (("Content-Type", "text/a"),))
    for status, sent, body, expectation in itertools.product(
        (200, 204, 304, 400, 404, 500), headers, (b"", b"{"), Expectation
    ):
        case = Case("a", Phase.BOUNDARY, found.id, Request("GET", "/"), expectation)
        exchange = Exchange(1, case, Response(status, sent, body), 0.0, 0.0)
        declared = declared_response(found, status)
        evidence = Evidence(
            found,
            exchange,
            declared,
            lambda: {"body": "no", "header": "no"},
            (),
            {found.path: "*"},
        )
        unjudged = Unjudged({})
        assert {check.id for check, _ in judge_response(evidence, unjudged.step)} <= promised
        assert unjudged.found() == ()


def test_every_check_is_registered() -> None:
    known = {each for each in vars(checks).values() if isinstance(each, Check)}
    assert known == {*CHECKS, UNKNOWN_ROUTE}
    assert {each for each in known if isinstance(each, ResponseCheck)} == set(RESPONSE_CHECKS)
