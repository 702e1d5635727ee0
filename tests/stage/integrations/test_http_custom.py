"""HTTP integrations that are not proxies, to a real server on this machine."""

import json

import pytest

from openapi_first.stage.messages.settings import Settings

DECLARED = {
    str(status): {
        "description": "a response",
        "headers": {
            name: {"schema": {"type": "string"}}
            for name in ("X-Own", "X-Type", "X-Path", "Location", "Content-Type", "Date", "Via")
        },
    }
    for status in (200, 302, 404)
}
DEFAULT = {"default": {"statusCode": "200"}}


@pytest.fixture
def custom(run, documents, endpoint):
    def start(uri="/shop", *, path="/items/{id}", binary=(), settings=None, **integration):
        port = endpoint.server_address[1]
        operation = {
            "responses": DECLARED,
            "x-amazon-apigateway-integration": {
                "type": "http",
                "uri": f"http://127.0.0.1:{port}{uri}",
                "httpMethod": "POST",
                "responses": DEFAULT,
                **integration,
            },
        }
        document = documents.api({path: {"x-amazon-apigateway-any-method": operation}})
        document["x-amazon-apigateway-binary-media-types"] = list(binary)
        return run(document, settings=settings or Settings())

    return start


@pytest.mark.fact("F11/9/1")
def test_the_endpoint_gets_the_body_and_the_gateways_own_headers(custom, endpoint):
    sent = [("Content-Type", "application/json"), ("Accept", "text/html"), ("X-Custom", "a")]
    reply = custom().send("PUT", "/prod/items/7?q=1", headers=sent, body=b'{"a": 1}')
    told = reply.json()
    assert (reply.status, told["method"], told["path"]) == (200, "POST", "/shop")
    headers = {name.lower(): value for name, value in told["headers"]}
    trace = headers.pop("x-amzn-trace-id")
    assert headers == {
        "host": f"127.0.0.1:{endpoint.server_address[1]}",
        "accept": "application/json",
        "user-agent": "AmazonAPIGateway_local00000",
        "x-amzn-apigateway-api-id": "local00000",
        "content-type": "application/json",
        "content-length": "8",
        "connection": "close",
    }
    assert reply.one("X-Amzn-Trace-Id") == trace
    assert endpoint.bodies == [b'{"a": 1}']


@pytest.mark.fact("F11/9/1")
def test_without_a_body_no_content_type_is_sent(custom):
    told = custom().get("/prod/items/7", ("Content-Type", "application/json")).json()
    assert "content-type" not in {name.lower() for name, _ in told["headers"]}


@pytest.mark.fact("F11/9/2")
def test_only_mapped_headers_come_back(custom):
    reply = custom().get("/prod/items/7")
    assert reply.one("X-Own") is None
    assert not [name for name in reply.names if name.lower().startswith("x-amzn-remapped")]
    assert reply.one("Content-Type") == "application/json"


@pytest.mark.parametrize(
    ("path", "status"), [("/status/200", 200), ("/status/400", 200), ("/status/404", 404)]
)
@pytest.mark.fact("F11/9/3")
def test_the_endpoints_status_selects_the_response(custom, path, status):
    stage = custom(path, responses={**DEFAULT, "4\\d4": {"statusCode": 404}})
    assert stage.get("/prod/items/7").status == status
    assert stage.log[0].answered_by == "http"


@pytest.mark.parametrize("responses", [{}, {"5\\d{2}": {"statusCode": 200}}])
@pytest.mark.fact("F11/9/4")
def test_without_a_match_and_a_default_it_is_a_500(custom, responses, caplog):
    reply = custom(responses=responses).get("/prod/items/7")
    assert (reply.status, reply.json()) == (500, {"message": "Internal server error"})
    assert "No match for output mapping and no default output mapping configured" in caplog.text


@pytest.mark.fact("F11/9/5")
def test_parameters_are_mapped_to_the_request_and_from_the_response(custom):
    stage = custom(
        "/v/{part}",
        requestParameters={
            "integration.request.path.part": "method.request.path.id",
            "integration.request.querystring.user": "method.request.body.user.names[0]",
            "integration.request.querystring.all": "method.request.multivaluequerystring.q",
            "integration.request.querystring.whole": "method.request.body",
            "integration.request.header.Accept": "'text/html'",
            "integration.request.header.X-Stage": "context.stage",
            "integration.request.header.X-None": "method.request.header.absent",
        },
        responses={
            "201": {
                "statusCode": "302",
                "responseParameters": {
                    "method.response.header.X-Own": "integration.response.header.X-Own",
                    "method.response.header.X-Path": "integration.response.body.path",
                    "method.response.header.X-Type": "integration.response.body.headers[0][0]",
                    "method.response.header.Location": "'https://example.com/'",
                    "method.response.header.Content-Type": "'text/x'",
                },
            }
        },
    )
    body = b'{"user": {"names": ["A B", "C"]}}'
    reply = stage.send("POST", "/prod/items/7?q=1&q=2&other=3", body=body)
    assert reply.status == 302
    target = "/v/7?user=A+B&all=1%2C2&whole=%7B%22user%22%3A+%7B%22names%22%3A+%5B%22A+B%22%2C"
    assert reply.one("X-Path") == target + "+%22C%22%5D%7D%7D"
    headers = dict(reply.json()["headers"])
    assert (headers["Accept"], headers["X-Stage"]) == ("text/html", "prod")
    assert "X-None" not in headers
    assert reply.one("X-Own") == "value"
    assert reply.one("X-Type") == "Host"
    assert reply.one("Location") == "https://example.com/"
    assert reply.one("Content-Type") == "text/x"


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding"])
@pytest.mark.parametrize("kind", ["http", "http_proxy"])
@pytest.mark.fact("F11/9/6")
def test_a_mapping_to_the_length_or_transfer_coding_is_a_500(custom, kind, name):
    mapping = {f"integration.request.header.{name}": "'a'"}
    assert custom(type=kind, requestParameters=mapping).get("/prod/items/7").status == 500


@pytest.mark.fact("F11/9/6")
def test_mapped_headers_of_the_connection_are_not_sent(custom):
    names = ("Expect", "Proxy-Authenticate", "TE", "Via", "Host", "User-Agent", "Server")
    mapping = {f"integration.request.header.{name}": f"'own-{name}'" for name in names}
    headers = dict(custom(requestParameters=mapping).get("/prod/items/7").json()["headers"])
    assert {headers.get(name) for name in names[:4]} == {None}
    assert [headers[name] for name in names[4:]] == ["own-Host", "own-User-Agent", "own-Server"]


@pytest.mark.fact("F11/9/7")
def test_mapped_headers_of_the_response_are_renamed_as_recorded(custom):
    parameters = {
        f"method.response.header.{name}": f"'own-{name}'" for name in ("Date", "Via", "X-Own")
    }
    responses = {"default": {"statusCode": 200, "responseParameters": parameters}}
    reply = custom(responses=responses).get("/prod/items/7")
    assert reply.one("x-amzn-Remapped-Date") == "own-Date"
    assert reply.one("Via") == "own-Via"
    assert reply.one("X-Own") == "own-X-Own"
    assert reply.one("Date") != "own-Date"


@pytest.mark.parametrize(
    ("behavior", "templates", "kind", "status"),
    [
        ("when_no_match", {"a/b": "x"}, "c/d", 200),
        ("when_no_templates", {"a/b": "x"}, "c/d", 415),
        ("when_no_templates", {}, "c/d", 200),
        ("never", {"a/b": "x"}, "c/d", 415),
        ("never", {}, "c/d", 415),
        ("never", {"a/b": "x"}, "a/b", 200),
        ("never", {"a/b": "x"}, "a/b; charset=utf-8", 200),
    ],
)
@pytest.mark.fact("F2.2/3", "F11/9/8")
def test_the_passthrough_behaviour_decides_without_a_template(
    custom, endpoint, behavior, templates, kind, status
):
    stage = custom(passthroughBehavior=behavior, requestTemplates=templates)
    reply = stage.send("PUT", "/prod/items/7", headers=[("Content-Type", kind)], body=b"own")
    assert reply.status == status
    assert endpoint.bodies == ([] if status == 415 else [b"x" if "a/b" in kind else b"own"])


def test_a_template_without_vtl_is_filled_and_an_empty_one_passes_through(custom, endpoint):
    stage = custom(
        requestTemplates={"application/json": '{"stage": "$context.stage"}', "a/b": ""},
        responses={
            "default": {
                "statusCode": 200,
                "responseTemplates": {"application/json": "id $context.resourcePath"},
            }
        },
    )
    assert stage.post("/prod/items/7", {"a": 1}).body == b"id /items/{id}"
    stage.post("/prod/items/7", b"as it is", ("Content-Type", "a/b"))
    assert endpoint.bodies == [b'{"stage": "prod"}', b"as it is"]


def test_an_endpoint_that_fails_is_the_gateways_error(custom):
    assert custom("/hang", timeoutInMillis=100).get("/prod/items/7").status == 504
    assert custom("/close").get("/prod/items/7").status == 504


@pytest.mark.fact("F11/9/9")
def test_an_endpoint_elsewhere_is_called_at_its_upstream(run, documents, endpoint):
    port = endpoint.server_address[1]
    operation = {
        "parameters": [{"name": "id", "in": "path", "required": True}],
        "responses": DECLARED,
        "x-amazon-apigateway-integration": {
            "type": "http_proxy",
            "connectionType": "VPC_LINK",
            "connectionId": "${stageVariables.link}",
            "uri": "http://${stageVariables.host}/api/{id}?fixed=1",
            "httpMethod": "ANY",
            "requestParameters": {"integration.request.path.id": "method.request.path.id"},
        },
    }
    document = documents.api({"/items/{id}": {"get": operation}})
    variables = {"host": "nlb.internal", "link": "abc"}
    stage = run(document, stage_variables=variables)
    *_, warning = stage.stage.warnings
    assert "--upstream http://nlb.internal=http://127.0.0.1:PORT" in warning
    assert stage.get("/prod/items/7").status == 500
    upstreams = {"http://nlb.internal/api": f"http://127.0.0.1:{port}/local"}
    stage = run(document, stage_variables=variables, settings=Settings(upstreams=upstreams))
    assert stage.stage.warnings == ()
    told = stage.get("/prod/items/7?q=2").json()
    assert told["path"] == "/local/7?fixed=1&q=2"
    assert dict(told["headers"])["Host"] == "nlb.internal"


def test_an_upstream_is_for_whole_segments_of_its_own_host_and_port(custom, run, documents):
    from openapi_first.stage.integrations.http_endpoint import NotCalled, endpoint_of

    upstreams = {
        "http://a.example:80/v1": "http://127.0.0.1:1",
        "https://b.example": "https://c/x/",
    }

    def called(uri):
        try:
            return endpoint_of(uri, {}, upstreams).address.geturl()
        except NotCalled:
            return None

    assert called("http://a.example/v1/a") == "http://127.0.0.1:1/a"
    assert called("http://A.example/v1") == "http://127.0.0.1:1/"
    assert called("http://a.example/v10/a") is None
    assert called("http://a.example:81/v1/a") is None
    assert called("https://a.example/v1/a") is None
    assert called("https://b.example/y?z=1") == "https://c/x/y?z=1"
    assert called("http://a.example:port/v1") is None


@pytest.mark.fact("F11/10")
def test_text_that_is_not_utf_8_becomes_replacement_characters(custom, endpoint):
    custom().post("/prod/items/7", b"a\xffb")
    assert endpoint.bodies == ["a\ufffdb".encode()]


def test_a_binary_body_passes_as_it_is(custom, endpoint):
    stage = custom(binary=["image/png"])
    stage.post("/prod/items/7", b"\x89\xff", ("Content-Type", "image/png"))
    assert endpoint.bodies == [b"\x89\xff"]


def test_a_failed_conversion_is_a_500(custom):
    stage = custom(contentHandling="CONVERT_TO_BINARY")
    assert stage.post("/prod/items/7", b"not base64!").status == 500
    assert json.loads(stage.post("/prod/items/7", b"YWJj").body)["method"] == "POST"
