import base64
import re

import pytest

from openapi_first.stage.messages.settings import Settings

KEYS = {
    "resource",
    "path",
    "httpMethod",
    "headers",
    "multiValueHeaders",
    "queryStringParameters",
    "multiValueQueryStringParameters",
    "pathParameters",
    "stageVariables",
    "requestContext",
    "body",
    "isBase64Encoded",
}
CONTEXT_KEYS = {
    "accountId",
    "apiId",
    "deploymentId",
    "domainName",
    "domainPrefix",
    "extendedRequestId",
    "httpMethod",
    "identity",
    "path",
    "protocol",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "resourceId",
    "resourcePath",
    "stage",
}
IDENTITY_KEYS = {
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "sourceIp",
    "user",
    "userAgent",
    "userArn",
}


@pytest.fixture
def event_of(run, documents):
    """The event a request becomes."""

    def send(target="/prod/x", *headers, method="GET", body=None, binary=(), **options):
        document = documents.api(
            {"/{proxy+}": {"x-amazon-apigateway-any-method": documents.proxy(operationId="op")}},
            **{"x-amazon-apigateway-binary-media-types": list(binary)},
        )
        stage = run(document, **options)
        assert stage.send(method, target, headers=headers, body=body).status == 200
        return stage.function.event

    return send


@pytest.mark.fact("F5.1/1", "F5.1/6", "F5.1/8")
def test_an_event_has_exactly_the_twelve_keys(event_of):
    event = event_of("/prod/x", ("User-Agent", "me"))
    assert set(event) == KEYS
    assert event["body"] is None
    assert event["isBase64Encoded"] is False
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None
    assert event["stageVariables"] is None


def test_the_request_context_has_exactly_the_keys_of_a_regional_endpoint(event_of):
    context = event_of("/prod//x/", ("User-Agent", "me"))["requestContext"]
    assert set(context) == CONTEXT_KEYS
    assert set(context["identity"]) == IDENTITY_KEYS
    set_ = {key: value for key, value in context["identity"].items() if value is not None}
    assert set_ == {"sourceIp": "127.0.0.1", "userAgent": "me"}
    assert context["path"] == "/prod//x/"
    assert context["stage"] == "prod"
    assert context["resourcePath"] == "/{proxy+}"
    assert context["protocol"] == "HTTP/1.1"
    assert context["domainName"] == "127.0.0.1"
    assert re.fullmatch(r"[0-9a-f-]{36}", context["requestId"])
    assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000", context["requestTime"])
    assert isinstance(context["requestTimeEpoch"], int)


def test_the_ids_of_the_event_are_those_of_the_response(run, documents):
    stage = run(documents.one())
    reply = stage.get("/prod/items")
    context = stage.function.event["requestContext"]
    assert reply.one("x-amzn-requestid") == context["requestId"]
    assert reply.one("x-amz-apigw-id") == context["extendedRequestId"]
    assert reply.one("x-amzn-trace-id") == stage.function.event["headers"]["X-Amzn-Trace-Id"]


def test_a_resource_keeps_its_id(event_of):
    first, second = event_of(), event_of()
    assert first["requestContext"]["resourceId"] == second["requestContext"]["resourceId"]
    assert first["requestContext"]["requestId"] != second["requestContext"]["requestId"]


@pytest.mark.parametrize(
    ("target", "path", "proxy"),
    [
        ("/prod/v/", "/v/", "v"),
        ("/prod/v//w", "/v//w", "v//w"),
        ("/prod//v", "/v", "v"),
        (
            "/prod/test%2Balias@gmail.com/test+alias@gmail.com",
            "/test%2Balias@gmail.com/test+alias@gmail.com",
            "test%2Balias@gmail.com/test+alias@gmail.com",
        ),
        ("/prod/a%2Fb%20c%C3%A9", "/a%2Fb%20c%C3%A9", "a%2Fb%20c%C3%A9"),
    ],
)
@pytest.mark.fact("F3.2/4", "F3.2/5", "F3.2/8", "F3.3/1", "F5.1/2")
def test_paths_stay_as_they_were_sent(event_of, target, path, proxy):
    event = event_of(target)
    assert event["path"] == path
    assert event["pathParameters"] == {"proxy": proxy}


@pytest.mark.parametrize(
    ("query", "single", "multi"),
    [
        ("", None, None),
        ("&", None, None),
        ("a=1", {"a": "1"}, {"a": ["1"]}),
        (
            "a=test%2Balias&b=foo+bar&c=foo%20bar",
            None,
            {"a": ["test+alias"], "b": ["foo bar"], "c": ["foo bar"]},
        ),
        ("p=10&c=x&p=20&p=30", {"p": "30", "c": "x"}, {"p": ["10", "20", "30"], "c": ["x"]}),
        ("flag&e=", {"flag": "", "e": ""}, {"flag": [""], "e": [""]}),
        ("a=1;b=2", {"a": "1", "b": "2"}, {"a": ["1"], "b": ["2"]}),
        ("u=%C3%A9&n%20m=1=2", {"u": "é", "n m": "1=2"}, {"u": ["é"], "n m": ["1=2"]}),
    ],
)
@pytest.mark.fact("F3.3/2", "F5.1/4", "F5.1/5")
def test_query_strings_are_decoded_and_the_last_value_wins(event_of, query, single, multi):
    event = event_of(f"/prod/x?{query}")
    if single is not None or multi is None:
        assert event["queryStringParameters"] == single
    assert event["multiValueQueryStringParameters"] == multi


@pytest.mark.fact("F5.1/3")
def test_header_names_keep_the_case_they_were_sent_in(event_of):
    event = event_of("/prod/x", ("tEsT-HEADeR", "aValUE"), ("Authorization", "random"))
    assert event["headers"]["tEsT-HEADeR"] == "aValUE"
    assert event["headers"]["Authorization"] == "random"
    assert event["multiValueHeaders"]["tEsT-HEADeR"] == ["aValUE"]


@pytest.mark.fact("F5.1/3")
def test_repeated_headers_are_all_in_the_multi_value_map(event_of):
    event = event_of("/prod/x", ("X-A", "1"), ("X-B", "b"), ("x-a", "2"))
    assert event["multiValueHeaders"]["X-A"] == ["1", "2"]
    assert event["headers"]["X-A"] == "2"
    assert "x-a" not in event["headers"]


@pytest.mark.fact("F5.1/9")
def test_hop_by_hop_headers_do_not_reach_the_function(event_of):
    removed = {
        "Content-MD5": "x",
        "Max-Forwards": "1",
        "Proxy-Authenticate": "x",
        "Server": "x",
        "TE": "trailers",
        "Trailer": "x",
        "WWW-Authenticate": "x",
        "Connection": "keep-alive",
    }
    event = event_of("/prod/x", *removed.items(), method="POST", body=b"x")
    names = {name.lower() for name in event["headers"]}
    assert not names & {name.lower() for name in removed}
    assert "content-length" not in names
    assert "host" in names


@pytest.mark.fact("F5.1/10")
def test_a_regional_endpoint_adds_exactly_four_headers(event_of):
    headers = event_of("/prod/x")["headers"]
    assert set(headers) == {
        "Host",
        "X-Forwarded-For",
        "X-Forwarded-Port",
        "X-Forwarded-Proto",
        "X-Amzn-Trace-Id",
    }
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "http"
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", headers["X-Amzn-Trace-Id"])


def test_a_clients_forwarding_chain_is_continued(event_of):
    event = event_of("/prod/x", ("x-forwarded-for", "10.0.0.1"), ("X-Forwarded-Proto", "gopher"))
    assert event["headers"]["X-Forwarded-For"] == "10.0.0.1, 127.0.0.1"
    assert event["multiValueHeaders"]["X-Forwarded-Proto"] == ["http"]


def test_a_clients_trace_goes_on(event_of):
    event = event_of("/prod/x", ("x-amzn-trace-id", "Root=1-a-b;Sampled=1"))
    assert event["headers"]["X-Amzn-Trace-Id"] == "Root=1-a-b;Sampled=1"
    started = event_of("/prod/x", ("x-amzn-trace-id", "Self=1"))
    assert re.fullmatch(r"Root=1-\w+-\w+;Self=1", started["headers"]["X-Amzn-Trace-Id"])


@pytest.mark.fact("F5.1/6")
def test_stage_variables_are_in_the_event(event_of):
    assert event_of(stage_variables={"a": "1"})["stageVariables"] == {"a": "1"}


@pytest.mark.fact("F5.1/11")
def test_the_operations_name_is_in_the_context_only_by_setting(event_of):
    named = event_of(settings=Settings(operation_name_in_context=True))
    assert named["requestContext"]["operationName"] == "op"


@pytest.mark.parametrize(
    ("binary", "content_type", "encoded"),
    [
        ([], "image/png", False),
        (["image/png"], "image/png", True),
        (["image/png"], "image/png; x=y", True),
        (["image/*"], "image/webp", True),
        (["image/*"], "text/plain", False),
        (["*/png"], "image/png", False),
        (["*/*"], "application/json", True),
        (["*/*"], None, True),
        (["application/json"], None, True),
    ],
)
@pytest.mark.fact("F5.1/7")
def test_bodies_are_base64_only_for_binary_media_types(event_of, binary, content_type, encoded):
    headers = [("Content-Type", content_type)] if content_type else []
    event = event_of("/prod/x", *headers, method="POST", body=b"data", binary=binary)
    assert event["isBase64Encoded"] is encoded
    assert event["body"] == (base64.b64encode(b"data").decode() if encoded else "data")


def test_text_that_is_not_utf8_arrives_with_replacement_characters(event_of):
    event = event_of("/prod/x", method="POST", body=b"a\xffb")
    assert event["body"] == "a\ufffdb"


def test_a_chunked_body_arrives_whole(run, documents):
    stage = run(documents.one(method="post"))
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", stage.server.port)
    chunks = iter([b"one", b"two"])
    connection.request("POST", "/prod/items", body=chunks, encode_chunked=True)
    assert connection.getresponse().read() == b"ok"
    connection.close()
    assert stage.function.event["body"] == "onetwo"
    assert "Transfer-Encoding" not in stage.function.event["headers"]
