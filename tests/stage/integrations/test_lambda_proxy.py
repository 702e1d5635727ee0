import base64

import pytest

from openapi_first.stage.messages.invoker import FunctionThrottled, InvokerError
from openapi_first.stage.messages.settings import Settings


@pytest.fixture
def answered(run, documents, fake):
    """What the client gets for a function's reply."""

    def send(reply, *headers, binary=(), method="GET", **options):
        document = documents.one(path="/items", method=method.lower())
        document["x-amazon-apigateway-binary-media-types"] = list(binary)
        stage = run(document, invoker=fake(reply=reply), **options)
        return stage.send(method, "/prod/items", headers=headers)

    return send


def is_internal_error(reply, status=502):
    assert reply.status == status
    assert reply.body == b'{"message": "Internal server error"}'
    assert reply.one("x-amzn-ErrorType") == "InternalServerErrorException"
    assert reply.one("x-amzn-trace-id") is None
    return True


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        ({}, 200),
        ({"statusCode": 200}, 200),
        ({"headers": {"test-header": "value", "header-bool": True}}, 200),
        ({"statusCode": "201"}, 201),
        ({"statusCode": 200, "headers": None}, 200),
        ({"statusCode": 200, "headers": None, "multiValueHeaders": None, "body": None}, 200),
        ({"statusCode": 404, "isBase64Encoded": False}, 404),
    ],
)
@pytest.mark.fact("F5.2/1", "F5.2/2", "F5.2/3", "F5.2/4", "F5.2/6", "F5.2/19")
def test_what_a_function_may_leave_out(answered, reply, status):
    response = answered(reply)
    assert (response.status, response.body) == (status, b"")
    assert response.one("content-type") == "application/json"
    assert response.one("content-length") == "0"


@pytest.mark.parametrize(
    "reply",
    [
        {"statusCode": "test"},
        {"statusCode": 200.5},
        {"statusCode": True},
        {"statusCode": 99},
        {"statusCode": 1000},
        {"statusCode": "99999999999"},
        {"statusCode": 200, "wrongValue": "x"},
        {"statusCode": 200, "cookies": []},
        "justAString",
        ["a"],
        7,
        None,
        b"not json",
        b"",
        b"\xff",
        b"[" * 100_000,
        b'{"statusCode": NaN}',
        {"multiValueHeaders": {"a": "str"}},
        {"multiValueHeaders": ["a"]},
        {"headers": ["a"]},
        {"headers": {"a": 1}},
        {"headers": {"a": None}},
        {"headers": {"a": ["b"]}},
        {"headers": {"bad name": "x"}},
        {"headers": {"a": "line\r\nbreak"}},
        {"body": {"an": "object"}},
        {"body": ["a"]},
        {"body": 1},
        {"isBase64Encoded": "yes"},
    ],
    ids=lambda reply: repr(reply)[:40],
)
@pytest.mark.fact("F3.1/19", "F5.2/5", "F5.2/8", "F5.2/9", "F5.2/10", "F5.2/11", "F5.2/16")
def test_a_malformed_reply_is_a_502(answered, reply):
    assert is_internal_error(answered(reply))


@pytest.mark.fact("F3.1/18", "F5.4/3")
def test_a_functions_error_is_a_502(run, documents, fake):
    stage = run(documents.one(), invoker=fake(reply={"errorMessage": "x"}, error=True))
    assert is_internal_error(stage.get("/prod/items"))


@pytest.mark.fact("F3.1/20")
def test_a_function_that_cannot_be_invoked_is_a_500(run, documents, fake):
    stage = run(documents.one(), invoker=fake(raises=InvokerError("no such function")))
    assert is_internal_error(stage.get("/prod/items"), 500)


@pytest.mark.fact("F3.1/24")
@pytest.mark.parametrize("status", [500, 502])
def test_a_throttled_function_is_a_500_unless_set_otherwise(run, documents, fake, status):
    settings = Settings() if status == 500 else Settings(throttled_function_status=status)
    function = fake(raises=FunctionThrottled("Rate Exceeded."))
    stage = run(documents.one(), invoker=function, settings=settings)
    assert is_internal_error(stage.get("/prod/items"), status)


def test_a_fault_of_the_invoker_is_a_500(run, documents, fake, caplog):
    stage = run(documents.one(), invoker=fake(raises=RuntimeError("boom")))
    assert is_internal_error(stage.get("/prod/items"), 500)
    assert "boom" in caplog.text


@pytest.mark.fact("F5.2/17")
def test_the_log_says_why_a_reply_was_malformed(answered, caplog):
    answered({"statusCode": 200, "cookies": []})
    assert "Malformed Lambda proxy response (unknown keys cookies)" in caplog.text


@pytest.mark.fact("F3.1/21")
def test_a_lambda_integration_by_another_method_than_post_is_a_500(run, documents):
    document = documents.one()
    integration = document["paths"]["/items"]["get"]["x-amazon-apigateway-integration"]
    integration["httpMethod"] = "GET"
    assert is_internal_error(run(document).get("/prod/items"), 500)


@pytest.mark.fact("F3.1/22", "F5.4/2")
def test_an_integration_that_takes_too_long_is_a_504_and_goes_on(run, documents, fake):
    document = documents.one()
    integration = document["paths"]["/items"]["get"]["x-amazon-apigateway-integration"]
    integration["timeoutInMillis"] = 50
    function = fake(delay=0.2)
    stage = run(document, invoker=function)
    reply = stage.get("/prod/items")
    assert (reply.status, reply.body) == (504, b'{"message": "Endpoint request timed out"}')
    assert reply.one("x-amzn-ErrorType") == "InternalServerErrorException"
    assert reply.one("x-amzn-trace-id")
    assert function.finished == 0

    async def later():
        import asyncio

        await asyncio.sleep(0.25)

    stage.server.run(later())
    assert function.finished == 1


@pytest.mark.fact("F3.1/23")
def test_a_response_above_six_megabytes_is_a_502(answered):
    assert answered({"body": "x" * 6_000_000}).status == 200
    assert is_internal_error(answered({"body": "x" * 6_291_556}))


@pytest.mark.fact("F3.1/17")
def test_an_event_above_six_megabytes_is_a_413(run, documents):
    stage = run(documents.one(method="post"))
    body = b"x" * 6_400_000
    reply = stage.send("POST", "/prod/items", body=body)
    assert (reply.status, reply.body) == (413, b'{"message":"Request Too Long"}')
    lenient = run(documents.one(method="post"), settings=Settings(oversized_event_refused=False))
    assert lenient.send("POST", "/prod/items", body=body).status == 200


@pytest.mark.fact("F5.2/13")
def test_header_maps_are_merged_with_the_multi_value_spelling(answered):
    reply = answered(
        {
            "headers": {"test-multi": "value-solo", "only": "x"},
            "multiValueHeaders": {"tesT-Multi": ["value-multi"]},
        }
    )
    assert [pair for pair in reply.headers if "ulti" in pair[0]] == [
        ("tesT-Multi", "value-multi"),
        ("tesT-Multi", "value-solo"),
    ]
    assert reply.one("only") == "x"


def test_the_same_pair_in_both_maps_counts_once(answered):
    reply = answered({"headers": {"a": "1"}, "multiValueHeaders": {"a": ["1", "2"]}})
    assert reply.all("a") == ["1", "2"]


@pytest.mark.fact("F5.2/14")
def test_several_values_are_several_lines(answered):
    reply = answered({"multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}})
    assert reply.all("set-cookie") == ["a=1", "b=2"]


@pytest.mark.fact("F5.2/7")
def test_a_boolean_header_is_sent_as_text(answered):
    assert answered({"headers": {"header-bool": True}}).one("header-bool") == "true"


@pytest.mark.fact("F5.2/7")
def test_numbers_as_headers_are_sent_only_by_setting(answered):
    lenient = Settings(non_string_headers_malformed=False)
    assert answered({"headers": {"a": 1}}, settings=lenient).one("a") == "1"


@pytest.mark.fact("F5.2/12")
def test_nothing_returned_is_an_empty_200_only_by_setting(answered):
    assert answered(None, settings=Settings(null_result_malformed=False)).status == 200


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Connection",
        "Content-MD5",
        "Max-Forwards",
        "User-Agent",
        "WWW-Authenticate",
        "Date",
        "Server",
    ],
)
@pytest.mark.fact("F5.3/1", "F5.3/2", "F5.3/6")
def test_these_headers_are_renamed(answered, name):
    reply = answered({"headers": {name: "theirs"}})
    assert reply.one(f"x-amzn-remapped-{name}") == "theirs"
    assert f"x-amzn-Remapped-{name}" in reply.names
    assert reply.one(name) != "theirs"


@pytest.mark.parametrize(
    "name",
    [
        "Expect",
        "Host",
        "Proxy-Authenticate",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Via",
    ],
)
@pytest.mark.fact("F5.3/3")
def test_these_headers_are_dropped(answered, name):
    reply = answered({"headers": {name: "theirs"}, "body": "x"})
    assert reply.body == b"x"
    assert "theirs" not in [value for _, value in reply.headers]


@pytest.mark.parametrize(
    "name",
    [
        "Accept",
        "Age",
        "Content-Encoding",
        "Pragma",
        "Range",
        "Referer",
        "Warn",
        "ETag",
        "x-Own-CASE",
    ],
)
@pytest.mark.fact("F5.3/4")
def test_other_headers_pass_in_their_own_case(answered, name):
    assert (name, "theirs") in answered({"headers": {name: "theirs"}}).headers


def test_a_wrong_content_length_does_not_break_the_connection(answered):
    reply = answered({"headers": {"Content-Length": "999"}, "body": "four"})
    assert (reply.one("content-length"), reply.body) == ("4", b"four")


def test_head_may_state_the_length_of_the_body_it_leaves_out(answered):
    reply = answered({"headers": {"Content-Length": "999"}}, method="HEAD")
    assert (reply.one("content-length"), reply.body) == ("999", b"")


def test_a_body_to_head_is_not_sent(answered):
    reply = answered({"body": "four"}, method="HEAD")
    assert (reply.one("content-length"), reply.body) == ("4", b"")


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_body_have_none(answered, status):
    reply = answered({"statusCode": status, "body": "text", "headers": {"ETag": '"1"'}})
    assert (reply.status, reply.body) == (status, b"")
    assert reply.one("content-length") is None
    assert reply.one("etag") == '"1"'


@pytest.mark.fact("F5.4/1", "F5.4/2")
def test_the_gateways_own_headers_are_there_once(answered):
    reply = answered({"headers": {"x-amzn-requestid": "mine", "X-Amzn-ErrorType": "Mine"}})
    assert reply.one("x-amzn-requestid") != "mine"
    assert reply.one("x-amzn-errortype") == "Mine"
    assert reply.one("x-amzn-trace-id").startswith("Root=")
    assert reply.one("connection") == "keep-alive"
    assert reply.one("date").endswith("GMT")
    assert reply.one("server") is None
    assert {"X-Amzn-Trace-Id", "x-amzn-RequestId", "x-amz-apigw-id", "Date"} <= set(reply.names)


@pytest.mark.fact("F7/4")
def test_the_gateway_adds_no_cors_headers(answered):
    assert not [name for name in answered({}).names if "access-control" in name.lower()]


def test_the_functions_content_type_stands(answered):
    reply = answered({"headers": {"content-type": "text/html"}})
    assert reply.all("content-type") == ["text/html"]


def test_text_is_sent_as_utf8(answered):
    assert answered({"body": "é\ud800"}).body == "é?".encode()


DATA = base64.b64encode(b"test-data").decode()


@pytest.mark.parametrize(
    ("binary", "accept", "decoded"),
    [
        ([], "image/png", False),
        (["image/png"], "image/png", True),
        (["image/png"], "image/png;q=0.8, text/html", True),
        (["image/png"], "text/html, image/png", False),
        (["image/png"], "image/*", False),
        (["image/png"], "*/*", False),
        (["image/png"], None, False),
        (["application/*"], "application/x", True),
        (["*/png"], "image/png", False),
        (["*/*"], "image/png", True),
        (["*/*"], None, True),
    ],
)
@pytest.mark.fact("F5.2/15", "F5.2/18")
def test_base64_is_decoded_only_for_an_accepted_binary_type(answered, binary, accept, decoded):
    headers = [("Accept", accept)] if accept else []
    reply = answered({"body": DATA, "isBase64Encoded": True}, *headers, binary=binary)
    assert reply.body == (b"test-data" if decoded else DATA.encode())


def test_base64_that_cannot_be_decoded_is_a_502(answered):
    assert is_internal_error(answered({"body": "*", "isBase64Encoded": True}, binary=["*/*"]))
