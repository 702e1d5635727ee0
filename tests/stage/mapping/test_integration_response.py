"""Which response of an integration is selected, over a socket."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations"


def custom(responses, **integration):
    header = {"schema": {"type": "string"}}
    return {
        "responses": {
            status: {"description": "a response", "headers": {"X-A": header, "X-B": header}}
            for status in ("200", "404", "409")
        },
        "x-amazon-apigateway-integration": {
            "type": "aws",
            "httpMethod": "POST",
            "uri": URI,
            "responses": responses,
            **integration,
        },
    }


@pytest.fixture
def failing(run, documents, fake):
    def start(pattern, message, **paths):
        responses = {"default": {"statusCode": "200"}, pattern: {"statusCode": "404"}}
        paths = {"/a": {"post": custom(responses)}, **paths}
        return run(documents.api(paths), invoker=fake(reply={"errorMessage": message}, error=True))

    return start


@pytest.mark.parametrize(
    ("pattern", "message", "status"),
    [
        (r".*not found.*", "42 not found here", 404),
        (r"not found", "42 not found", 200),
        (r"(?i)NOT FOUND", "not found", 404),
        (r".*found", "not\nfound", 200),
        (r"(.|\n)*found", "not\nfound", 404),
        (r".*", "", 404),
        (r".+", "", 200),
        (r"\[404\].*", "[404] é☃", 404),
        (r"found$", "found\n", 200),
    ],
)
def test_a_pattern_of_java_matches_the_whole_error_message(failing, pattern, message, status):
    assert failing(pattern, message).post("/prod/a", {}).status == status


@pytest.mark.parametrize("pattern", [r"(a+)+b", r"(?i)(a|a)+b"])
def test_a_pattern_that_backtracks_without_end_does_not_hold_the_stage(failing, documents, pattern):
    stage = failing(pattern, "a" * 40, **{"/mock": {"options": documents.preflight()}})
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(stage.post, "/prod/a", {})
        time.sleep(0.05)
        started = time.monotonic()
        assert stage.send("OPTIONS", "/prod/mock").status == 200
        assert time.monotonic() - started < 1
        assert slow.result().status == 200  # what takes too long does not match


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("context.identity.sourceIp", "127.0.0.1"),
        ("context.authorizer.my-key", None),
        ("context.authorizer.claims.cognito:groups", None),
        ("method.request.querystring.a:b", "c"),
        ("context.identity", None),
        ("stageVariables.a_b", "v"),
        ("integration.response.body.a.b[1]", "two"),
        ("integration.response.body.$.a.b[0]", "1"),
        ("integration.response.body['a']", '{"b":[1,"two"]}'),
        ("integration.response.multivalueheader.Content-Type", "application/json"),
        ("method.request.querystring.q", "2"),
        ("method.request.multivaluequerystring.q", "1,2"),
        ("'a literal'", "a literal"),
        ("''", ""),
    ],
)
def test_a_header_of_the_response_is_mapped(run, documents, fake, expression, value):
    responses = {
        "default": {
            "statusCode": "200",
            "responseParameters": {"method.response.header.X-A": expression},
        }
    }
    document = documents.api({"/a": {"post": custom(responses)}})
    stage = run(document, invoker=fake({"a": {"b": [1, "two"]}}), stage_variables={"a_b": "v"})
    assert stage.post("/prod/a?q=1&q=2&a:b=c", {}).one("X-A") == value


@pytest.mark.parametrize("value", ["x\r\nX-B: 1", "x\nX-B: 1", "x\r\rX-B: 1", "x\0X-B: 1"])
def test_a_mapped_value_cannot_add_a_header(run, documents, fake, value):
    parameters = {"method.response.header.X-A": "integration.response.body.a"}
    responses = {"default": {"statusCode": "200", "responseParameters": parameters}}
    stage = run(documents.api({"/a": {"post": custom(responses)}}), invoker=fake({"a": value}))
    reply = stage.post("/prod/a", {})
    assert (reply.one("X-B"), reply.one("X-A")[:1]) == (None, "x")
