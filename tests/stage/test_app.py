import asyncio
import http.client
import socket

import pytest

from openapi_first.stage.api.rest_api import StageDocumentError
from openapi_first.stage.app import Stage

LIMIT = 10_485_760
TOO_LARGE = b"HTTP content length exceeded 10485760 bytes."


@pytest.mark.fact("F3.1/16", "F4.3/6", "F7/6")
def test_a_body_above_ten_megabytes_is_refused_in_plain_text(run, documents):
    document = documents.one(method="post")
    document["x-amazon-apigateway-gateway-responses"] = {
        "DEFAULT_4XX": {"responseParameters": {"gatewayresponse.header.x-cors": "'*'"}},
        "REQUEST_TOO_LARGE": {"statusCode": "400"},
    }
    stage = run(document)
    reply = stage.send("POST", "/nowhere", body=b"x" * (LIMIT + 1))
    assert (reply.status, reply.body) == (413, TOO_LARGE)
    assert reply.one("content-type") == "text/plain"
    assert reply.one("x-cors") is None
    assert stage.function.events == []
    assert stage.log[0].answered_by == "REQUEST_TOO_LARGE"


def test_a_chunked_body_above_ten_megabytes_is_refused_too(run, documents):
    stage = run(documents.one(method="post"))
    connection = http.client.HTTPConnection("127.0.0.1", stage.server.port, timeout=10)
    chunks = iter([b"x" * 1_048_576] * 11)
    try:
        connection.request("POST", "/prod/items", body=chunks, encode_chunked=True)
        response = connection.getresponse()
        assert (response.status, response.read()) == (413, TOO_LARGE)
    finally:
        connection.close()


def test_a_body_of_exactly_ten_megabytes_goes_on(run, documents):
    stage = run(documents.one(method="post"))
    reply = stage.send("POST", "/prod/nowhere", body=b"x" * LIMIT)
    assert reply.status == 403


def test_every_answer_is_told_to_the_access_log(run, documents):
    stage = run(documents.one())
    reply = stage.get("/prod/items?q=1")
    stage.get("/prod/nowhere")
    first, second = stage.log
    assert (first.method, first.path, first.status, first.answered_by) == (
        "GET",
        "/prod/items",
        200,
        "lambda",
    )
    assert first.request_id == reply.one("x-amzn-requestid")
    assert first.milliseconds > 0
    assert second.answered_by == "MISSING_AUTHENTICATION_TOKEN"


def test_the_access_log_says_why_a_path_is_unknown(run, documents):
    stage = run(documents.one())
    stage.get("/")
    stage.get("/prod/nowhere")
    stage.send("DELETE", "/prod/items", headers=[("Authorization", "Bearer x")])
    assert [each.reason for each in stage.log] == [
        "the path does not begin with the stage, /prod",
        "the API has no GET /nowhere",
        "the API has no DELETE /items; API Gateway then takes Authorization for an AWS signature",
    ]


def test_a_replaced_document_answers_the_next_request(run, documents):
    stage = run(documents.one("/old"))
    stage.stage.replace_document(documents.one("/new"))
    assert stage.get("/prod/old").status == 403
    assert stage.get("/prod/new").status == 200


def test_a_bad_document_leaves_the_present_one_in_place(run, documents):
    stage = run(documents.one())
    with pytest.raises(StageDocumentError):
        stage.stage.replace_document({})
    assert stage.get("/prod/items").status == 200


def test_a_request_under_way_finishes_with_its_document(run, documents, fake):
    document = documents.one()
    document["x-amazon-apigateway-gateway-responses"] = {"DEFAULT_5XX": {"statusCode": "599"}}
    stage = run(document, invoker=fake(delay=0.2, error=True))

    async def reload():
        while not stage.function.events:
            await asyncio.sleep(0.005)
        stage.stage.replace_document(documents.one("/other"))

    reloading = asyncio.run_coroutine_threadsafe(reload(), stage.server.loop)
    assert stage.get("/prod/items").status == 599
    reloading.result(5)


def test_the_stage_has_the_name_it_was_given(run, documents):
    stage = run(documents.one(), name="v1")
    assert stage.get("/v1/items").status == 200
    assert stage.function.event["requestContext"]["stage"] == "v1"
    assert stage.get("/prod/items").status == 403


def test_a_stage_name_follows_the_gateways_rule(documents, fake):
    with pytest.raises(ValueError, match="not a stage name"):
        Stage(documents.one(), invoker=fake(), name="a/b")


def test_the_gateways_answers_under_concurrency_belong_to_their_requests(run, documents):
    from concurrent.futures import ThreadPoolExecutor

    class Echo:
        async def invoke(self, event):
            import json

            from openapi_first.stage.messages.invoker import InvocationResult

            await asyncio.sleep(0.01)
            query = json.loads(event)["queryStringParameters"]
            return InvocationResult(json.dumps({"body": query["n"]}).encode())

    stage = run(documents.one(), invoker=Echo())
    with ThreadPoolExecutor(8) as threads:
        numbers = [str(n) for n in range(64)]
        bodies = threads.map(lambda n: stage.get(f"/prod/items?n={n}").body.decode(), numbers)
        assert list(bodies) == numbers


def test_a_client_that_leaves_half_way_harms_nobody(run, documents):
    stage = run(documents.one(method="post"))
    with socket.create_connection(("127.0.0.1", stage.server.port)) as connection:
        connection.sendall(b"POST /prod/items HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab")
    assert stage.post("/prod/items", {}).status == 200
    assert len(stage.function.events) == 1


def test_expect_continue_is_answered_only_if_the_body_is_wanted(run, documents):
    stage = run(documents.one(method="post"))
    for length, line in ((2, b"HTTP/1.1 100"), (LIMIT + 1, b"HTTP/1.1 413")):
        with socket.create_connection(("127.0.0.1", stage.server.port), timeout=5) as connection:
            head = f"POST /prod/items HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n"
            connection.sendall(head.encode() + b"Expect: 100-continue\r\n\r\n")
            assert connection.recv(1024).startswith(line)


def test_an_absolute_target_is_routed_by_its_path(run, documents):
    stage = run(documents.one())
    assert stage.get("http://elsewhere.example/prod/items").status == 200


def test_only_http_is_spoken(documents, fake):
    stage = Stage(documents.one(), invoker=fake())
    with pytest.raises(RuntimeError, match="websocket"):
        asyncio.run(stage.app({"type": "websocket", "path": "/prod/items"}, None, None))
