"""HEAD at a served stage: its headers are judged, and no body is (RFC 9110 §9.3.2)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from openapi_first.conformance.judging.checks import judge_response
from openapi_first.conformance.judging.response_complaints import Evidence
from openapi_first.conformance.judging.unjudged import Unjudged
from openapi_first.conformance.model.declarations import declared_response
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Case, Exchange, Options, Phase
from openapi_first.conformance.session import replay
from openapi_first.openapi.loader import load
from support.documents import operation, whole, written
from support.relay import Answer, relaying
from support.serving import serving

CONTRACT = """\
openapi: 3.0.3
info: {title: heads, version: '1'}
paths:
  /things/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string, pattern: '^[0-9a-f]{4}$'}}
    get:
      operationId: read
      responses:
        '200': &read
          description: a thing
          headers: {ETag: {required: true, schema: {type: string}}}
          content: {application/json: {schema: {type: object, required: [id]}}}
        4XX: &error
          description: an error
          content: {application/problem+json: {schema: {type: object, required: [status]}}}
        5XX: *error
    head:
      operationId: peek
      responses: {'200': *read, 4XX: *error, 5XX: *error}
  /silent/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string, pattern: '^[0-9a-f]{4}$'}}
    head:
      operationId: look
      responses: {'200': {description: there}, 4XX: {description: no}, 5XX: {description: no}}
"""
HANDLER = """\
import sys
import compiled
from openapi_first.runtime import Problem, Reply, lambda_handler

def read(id):
    if id == "0000":
        raise Problem(404, "There is no such thing.")
    return Reply({"id": id}, headers={"ETag": '"1"'})

def peek(id):
    return read(id)

def look(id):
    read(id)

handler = lambda_handler(compiled, sys.modules[__name__])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("heads")
    (folder / "src").mkdir()
    (folder / "openapi.yaml").write_text(CONTRACT)
    (folder / "src/heads.py").write_text(HANDLER)
    return folder


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with serving(folder, handler="heads.handler") as server:
        yield server.base_url


def received(url: str, method: str, path: str) -> tuple[dict[str, str], bytes]:
    """The headers and whatever follows them, until the stage ends the connection."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), 10) as connection:
        request = f"{method} {parts.path}{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode())
        content = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = content.partition(b"\r\n\r\n")
    lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
    return {name.lower(): value for name, _, value in lines}, body


@pytest.mark.parametrize("path", ["/things/00a1", "/things/0000", "/things/nope"])
def test_head_gets_the_headers_of_get_and_no_content(url: str, path: str) -> None:
    of_get, content = received(url, "GET", path)
    of_head, nothing = received(url, "HEAD", path)
    assert content
    assert nothing == b""
    assert of_get["content-length"] == str(len(content))
    for name in ("content-type", "content-length", "etag"):
        assert of_head.get(name) == of_get.get(name)


def test_a_correct_service_has_no_finding(folder: Path, url: str) -> None:
    run = replay(load(folder / "openapi.yaml"), Options(url, max_examples=4))
    assert [(each.promise.id, each.detail) for each in run.findings] == []
    assert run.not_judged == ()
    judged = {verdict.promise.id for verdict in run.verdicts if verdict.judged}
    assert {"peek-header", "peek-media-type", "look-status"} <= judged
    assert not {"peek-body", "peek-problem-details", "look-body"} & judged


def test_a_wrong_header_of_head_is_a_finding(folder: Path, url: str) -> None:
    def change(answer: Answer) -> None:
        if answer.method == "HEAD" and answer.status == 200:
            answer.headers = [("Content-Type", "text/html")]

    with relaying(url) as relay:
        relay.change = change
        run = replay(load(folder / "openapi.yaml"), Options(relay.url, max_examples=0))
    assert {"peek-header", "peek-media-type"} <= {each.promise.id for each in run.findings}


@pytest.mark.parametrize("status", [204, 304])
@pytest.mark.parametrize("headers", [(), (("Content-Type", "application/problem+json"),)])
def test_a_status_without_content_is_not_judged_by_the_content_that_is_declared(
    tmp_path: Path, status: int, headers: tuple[tuple[str, str], ...]
) -> None:
    document = whole()
    content = {"application/problem+json": {"schema": {"type": "object"}}}
    responses = {str(status): {"description": "nothing", "content": content}}
    operation(document)["responses"] = responses
    (found,) = load(written(tmp_path, document)).operations
    case = Case("a request", Phase.EXAMPLE, found.id, Request("GET", "/things/1"))
    exchange = Exchange(1, case, Response(status, headers, b""), 0.0, 0.1)
    declared = declared_response(found, status)
    evidence = Evidence(found, exchange, declared, lambda: {"body": "it is missing"}, (), {})
    complaints = dict(judge_response(evidence, Unjudged({}).step))
    assert [check.id for check, complaint in complaints.items() if complaint] == []
