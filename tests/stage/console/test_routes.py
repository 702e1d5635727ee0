"""What the console reads, over a socket; the page itself is tested in tests/browser."""

import asyncio
import contextlib
import http.client
import json
from dataclasses import replace

import pytest

from openapi_first.conformance.model.coverage import FORMAT, CoverageRecord, Point
from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.console.coverage import Origin
from openapi_first.stage.console.recorder import Recorder
from openapi_first.stage.functions.pool import FunctionEnvironments
from openapi_first.stage.gateway.observation import Observation
from openapi_first.stage.messages.request import RequestIds, StageRequest
from openapi_first.stage.messages.response import StageResponse

KEY = ApiKey("local", "local-development-key")


@contextlib.contextmanager
def following(stage):
    """The rows of the requests, as they are told."""
    connection = http.client.HTTPConnection("127.0.0.1", stage.server.port, timeout=10)
    connection.request("GET", "/_stage/events")
    response = connection.getresponse()
    assert response.getheader("Content-Type").startswith("text/event-stream")

    def rows():
        for line in response:
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))

    try:
        yield rows()
    finally:
        response.close()
        connection.close()


def test_requests_are_told_as_they_are_answered_and_the_last_ones_to_who_comes_later(
    run, documents
):
    stage = run(documents.one("/items/{id}"))
    stage.get("/prod/items/1")
    with following(stage) as rows:
        assert next(rows)["path"] == "/prod/items/1"
        stage.get("/prod/nowhere")
        row = next(rows)
    assert (row["status"], row["refused_by"]) == (403, "gateway")
    assert row["resource"] is None
    assert stage.get("/prod/items/2").status == 200  # who has left holds nothing up


def test_who_refused_is_told(run, documents, fake):
    document = documents.validated(schema={"type": "object"})
    stage = run(document)
    replies = [
        ({"statusCode": 201}, None),
        ({"statusCode": 404, "body": '{"title": "Not Found"}'}, "service"),
        ({"statusCode": 400, "body": '{"errors": [{"detail": "x"}]}'}, "Lambda"),
        ({"statusCode": "x"}, "Lambda"),
    ]
    with following(stage) as rows:
        stage.post("/prod/items", b"")
        assert next(rows)["refused_by"] == "validator"
        for reply, who in replies:
            stage.function.reply = reply
            stage.post("/prod/items", {})
            assert next(rows)["refused_by"] == who


def test_a_request_can_be_opened_with_event_response_and_reason(run, documents, fake):
    stage = run(documents.one(method="post"), invoker=fake(reply={"statusCode": "x"}))
    reply = stage.post("/prod/items?q=1", {"a": 1}, ("X-Own", "b"))
    whole = stage.get(f"/_stage/requests/{reply.one('x-amzn-requestid')}").json()
    assert whole["query"] == "q=1"
    assert ["X-Own", "b"] in whole["request_headers"]
    assert json.loads(whole["request_body"]) == {"a": 1}
    assert json.loads(whole["event"])["queryStringParameters"] == {"q": "1"}
    assert whole["status"] == 502
    assert "Malformed Lambda proxy response" in whole["reason"]
    assert stage.get("/_stage/requests/none").status == 404


def test_only_the_last_requests_are_kept_and_of_bodies_a_beginning(run, documents):
    stage = run(documents.one(method="post"))
    first = stage.post("/prod/items", b"x" * 100_000).one("x-amzn-requestid")
    body = stage.get(f"/_stage/requests/{first}").json()["request_body"]
    assert body.endswith("more bytes")
    assert len(body) < 70_000
    for _ in range(200):
        stage.get("/prod/nowhere")
    assert stage.get(f"/_stage/requests/{first}").status == 404


def test_of_large_requests_fewer_are_kept(run, documents):
    stage = run(documents.one(method="post"))
    megabyte = b"x" * 1024 * 1024
    ids = [stage.post("/prod/items", megabyte).one("x-amzn-requestid") for _ in range(9)]
    kept = [stage.get(f"/_stage/requests/{each}").status == 200 for each in ids]
    # Each with an event as large as its body: seven of them are below 16 MiB.
    assert kept == [False] * 2 + [True] * 7


def test_a_cold_start_is_told_from_a_warm_one(run, documents, configure, server):
    environments = FunctionEnvironments(configure("handlers.echo"), concurrency=1)
    try:
        stage = run(documents.one(), invoker=environments)
        with following(stage) as rows:
            found = []
            for _ in range(2):
                assert stage.get("/prod/items").status == 200
                found.append(next(rows)["cold"])
        assert found == [True, False]
    finally:
        server.run(environments.stop())


def test_coverage_is_a_record_of_what_was_seen(run, documents):
    stage = run(documents.one("/items/{id}"))
    for code in (200, 200, 418):
        stage.function.reply = {"statusCode": code}
        stage.get("/prod/items/7")
    stage.get("/prod/nowhere")
    value = stage.get("/_stage/coverage").json()
    seen = CoverageRecord.of(value).seen
    assert value["format"] == FORMAT
    assert seen[Point("GET /items/{id}", "status", "200")] == 2
    assert seen[Point("GET /items/{id}", "status", "418")] == 1
    assert seen[Point("*", "gateway response", "MISSING_AUTHENTICATION_TOKEN")] == 1
    assert value["statuses"] == {"GET /items/{id}": {"200": 2, "418": 1}}
    assert value["report"] is None, "nobody has said what to expect"


def test_the_documentation_is_the_file_it_was_given_or_the_import_document(
    run, documents, tmp_path
):
    path = tmp_path / "openapi.yaml"
    path.write_text("info: {title: mine}")
    stage = run(documents.one(), documentation=path)
    assert stage.get("/_stage/document").json() == {"info": {"title": "mine"}}
    path.write_text("a: [")
    assert stage.get("/_stage/document").json()["openapi"] == "3.0.3"
    assert "/items" in run(documents.one()).get("/_stage/document").json()["paths"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("", "text/html"),
        ("console.js", "text/javascript"),
        ("console.css", "text/css"),
        ("viewer/swagger-ui-bundle.js", "text/javascript"),
        ("viewer/swagger-ui.css", "text/css"),
    ],
)
def test_the_page_and_its_viewer_come_from_this_machine_alone(run, documents, name, kind):
    reply = run(documents.one()).get(f"/_stage/{name}")
    assert reply.status == 200
    assert reply.one("content-type").startswith(kind)
    assert "default-src 'self'" in reply.one("content-security-policy")
    if not name.startswith("viewer/"):
        assert b"://" not in reply.body.replace(b"http://www.w3.org", b"")


@pytest.mark.parametrize("name", ["viewer/index.html", "viewer/..%2Fflask_swagger_ui.py", "none"])
def test_nothing_else_of_this_machine_is_served(run, documents, name):
    assert run(documents.one()).get(f"/_stage/{name}").status == 404


def test_the_consoles_address_without_slash_leads_to_it(run, documents):
    reply = run(documents.one()).get("/_stage")
    assert (reply.status, reply.one("location")) == (307, "/_stage/")


def test_a_key_is_shown_to_the_console_only_if_it_is_the_one(run, documents):
    other = ApiKey("other", "another-development-key")
    assert run(documents.one(), api_keys=[KEY]).get("/_stage/about").json()["api_key"] == KEY.value
    assert (
        run(documents.one(), api_keys=[KEY, other]).get("/_stage/about").json()["api_key"] is None
    )


def test_a_listener_that_does_not_read_gets_the_newest():
    async def scenario():
        recorder = Recorder()
        response = StageResponse(200, (), b"", "mock")

        def keep(number):
            request = StageRequest("GET", f"/{number}", "", (), b"", "127.0.0.1")
            recorder.keep(request, RequestIds.of(request), response, Observation(), 1.0)

        keep(0)
        rows = recorder.follow()
        assert (await anext(rows))["path"] == "/0"
        for number in range(1, 301):
            keep(number)
        paths = []
        while not paths or paths[-1] != "/300":
            paths.append((await anext(rows))["path"])
        return paths

    paths = asyncio.run(scenario())
    assert len(paths) == 201
    assert paths[0] == "/100"


def test_coverage_has_the_names_points_and_report_of_what_the_document_was_made_from(
    run, documents
):
    origin = Origin(
        frozenset({"GET /itemsx"}),
        lambda method, resource, _: f"{method} {resource}x",
        lambda name, request, response: [f"status|{name} {request.path} {response.status}"],
        lambda record: {"points": len(record["seen"])},
    )
    stage = run(documents.one("/items"), origin=origin)
    stage.get("/prod/items")
    value = stage.get("/_stage/coverage").json()
    assert value["seen"] == {"GET /itemsx": {"status|GET /itemsx /prod/items 200": 1}}
    assert value["report"] == {"points": 1}
    stage.stage.replace_document(documents.one("/items"), origin=replace(origin, operations=set()))
    assert stage.get("/_stage/coverage").json()["seen"] == {}, "another document"
