"""Lambda integrations that are not proxies."""

import json
import time

import pytest

URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations"
HEADERS = {"X-Kind": {"schema": {"type": "string"}}}
DECLARED = {
    str(status): {"description": "a response", "headers": HEADERS}
    for status in (200, 202, 400, 500)
}
ERROR = {"errorMessage": "no such thing: 7", "errorType": "KeyError", "stackTrace": []}


@pytest.fixture
def custom(run, documents, fake):
    def start(function=None, *, binary=(), **integration):
        operation = {
            "responses": DECLARED,
            "x-amazon-apigateway-integration": {
                "type": "aws",
                "uri": URI,
                "httpMethod": "POST",
                "responses": {"default": {"statusCode": "200"}},
                **integration,
            },
        }
        document = documents.api({"/items": {"x-amazon-apigateway-any-method": operation}})
        document["x-amazon-apigateway-binary-media-types"] = list(binary)
        return run(document, invoker=function or fake({"message": "hello"}))

    return start


@pytest.mark.parametrize("body", [{"a": 1}, [1, "é"], "text", 7, None])
@pytest.mark.fact("F11/9/10")
def test_the_body_is_the_event_and_the_result_is_the_response(custom, body):
    stage = custom()
    reply = stage.post("/prod/items?ignored=1", body)
    assert (reply.status, reply.json()) == (200, {"message": "hello"})
    assert stage.function.event == body
    assert reply.one("Content-Type") == "application/json"
    assert reply.one("X-Amzn-Trace-Id")
    assert stage.log[0].answered_by == "lambda"


@pytest.mark.fact("F11/9/10")
def test_without_a_body_the_event_is_an_empty_object(custom):
    stage = custom()
    assert stage.get("/prod/items").status == 200
    assert stage.function.event == {}


@pytest.mark.fact("F11/9/11")
@pytest.mark.parametrize("body", [b"a=1", b"NaN", b"[Infinity]", b"\xff"], ids=repr)
def test_a_body_that_is_not_json_is_a_400_and_the_function_is_not_called(custom, body):
    stage = custom(binary=["*/*"])
    reply = stage.post("/prod/items", body, ("Content-Type", "application/x-www-form-urlencoded"))
    assert reply.status == 400
    assert reply.json()["message"].startswith("Could not parse request body into json: ")
    assert stage.function.events == []


@pytest.mark.parametrize(
    ("responses", "status"),
    [
        ({}, 200),
        ({".*no such thing.*": {"statusCode": 400}}, 400),
        ({"no such thing": {"statusCode": 400}}, 200),
        ({"other": {"statusCode": 400}, "no such [a-z]+: \\d": {"statusCode": 500}}, 500),
    ],
)
@pytest.mark.fact("F11/9/12")
def test_the_functions_error_message_selects_the_response(custom, fake, responses, status):
    function = fake(ERROR, error=True)
    stage = custom(function, responses={"default": {"statusCode": 200}, **responses})
    reply = stage.post("/prod/items", {})
    assert (reply.status, reply.json()) == (status, ERROR)


@pytest.mark.fact("F11/9/12")
def test_a_result_of_a_function_that_did_not_fail_has_the_default_response(custom, fake):
    function = fake({"errorMessage": "no such thing"})
    responses = {".*": {"statusCode": 400}, "default": {"statusCode": 200}}
    assert custom(function, responses=responses).post("/prod/items", {}).status == 200
    assert custom(responses={".*": {"statusCode": 400}}).post("/prod/items", {}).status == 500


def test_an_error_over_several_lines_needs_a_pattern_that_matches_them(custom, fake):
    function = fake({"errorMessage": "first\nsecond"}, error=True)
    for pattern, status in ((".*second.*", 200), ("(\n|.)*second(\n|.)*", 400)):
        responses = {"default": {"statusCode": 200}, pattern: {"statusCode": 400}}
        assert custom(function, responses=responses).post("/prod/items", {}).status == status


@pytest.mark.fact("F11/9/5")
def test_a_header_is_mapped_from_the_functions_result(custom, fake):
    parameters = {"method.response.header.X-Kind": "integration.response.body.errorType"}
    response = {"statusCode": 400, "responseParameters": parameters}
    stage = custom(fake(ERROR, error=True), responses={"default": response})
    assert stage.post("/prod/items", {}).one("X-Kind") == "KeyError"


@pytest.mark.fact("F11/9/13")
def test_an_asynchronous_invocation_is_answered_before_the_function_ends(custom, fake):
    function = fake(delay=0.3)
    stage = custom(
        function,
        requestParameters={
            "integration.request.header.X-Amz-Invocation-Type": "method.request.header.Kind"
        },
        responses={"default": {"statusCode": 202}},
    )
    reply = stage.send("POST", "/prod/items", headers=[("Kind", "Event")], body=b'{"a": 1}')
    assert (reply.status, reply.body, function.finished) == (202, b"", 0)
    deadline = time.monotonic() + 10
    while not function.finished and time.monotonic() < deadline:
        time.sleep(0.02)
    assert function.event == {"a": 1}
    waited = stage.send("POST", "/prod/items", headers=[("Kind", "RequestResponse")], body=b"{}")
    assert waited.json() == {"statusCode": 200, "body": "ok"}
    assert stage.send("POST", "/prod/items", headers=[("Kind", "Later")], body=b"{}").status == 500


@pytest.mark.parametrize(
    "name",
    [
        *("Authorization", "connection", "Content-Length", "Expect"),
        *("Proxy-Authenticate", "TE", "Transfer-Encoding"),
    ],
)
@pytest.mark.parametrize("kind", ["aws", "aws_proxy"])
@pytest.mark.fact("F11/9/6")
def test_headers_that_cannot_be_mapped_to_a_function_are_a_500(custom, kind, name):
    stage = custom(type=kind, requestParameters={f"integration.request.header.{name}": "'a'"})
    assert stage.post("/prod/items", {}).status == 500
    assert stage.function.events == []


def test_another_method_than_post_and_a_missing_function_are_a_500(custom, run, documents):
    assert custom(httpMethod="GET").post("/prod/items", {}).status == 500


def test_binary_data_becomes_base64_if_it_is_converted_and_no_event_if_not(custom):
    kind = ("Content-Type", "image/png")
    stage = custom(binary=["image/png"])
    assert stage.post("/prod/items", b"\x89PNG", kind).status == 400
    stage = custom(
        binary=["image/png"],
        contentHandling="CONVERT_TO_TEXT",
        requestTemplates={"image/png": '{"stage": "$context.stage"}'},
    )
    assert stage.post("/prod/items", b"\x89PNG", kind).status == 200
    assert stage.function.event == {"stage": "prod"}


def test_base64_that_a_function_returns_becomes_bytes_if_it_is_converted(custom, fake):
    response = {"statusCode": 200, "contentHandling": "CONVERT_TO_BINARY"}
    stage = custom(fake(b"AAEC"), responses={"default": response})
    assert stage.post("/prod/items", {}).body == b"\x00\x01\x02"
    stage = custom(fake(b'"AAEC"'), responses={"default": response})
    assert stage.post("/prod/items", {}).status == 500


def test_a_nested_body_stays_up(custom):
    stage = custom()
    assert stage.post("/prod/items", b"[" * 100_000).status == 400
    assert stage.post("/prod/items", json.dumps({}).encode()).status == 200
