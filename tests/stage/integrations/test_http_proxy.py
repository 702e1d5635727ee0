"""HTTP_PROXY to a real server on this machine, and integrations this stage cannot run."""

import gzip
import http.client
import socket

import pytest


@pytest.fixture
def proxied(run, documents, endpoint):
    def start(uri=None, path="/items/{id}", variables=None, binary=(), **integration):
        port = endpoint.server_address[1]
        integration = {
            "type": "http_proxy",
            "uri": (uri or "http://127.0.0.1:{port}/shop").replace("{port}", str(port)),
            "httpMethod": "ANY",
            **integration,
        }
        operation = documents.proxy(**{"x-amazon-apigateway-integration": integration})
        any_method = {"x-amazon-apigateway-any-method": operation}
        document = documents.api({path: any_method})
        document["x-amazon-apigateway-binary-media-types"] = list(binary)
        return run(document, stage_variables=variables)

    return start


def test_a_request_is_passed_on_and_its_answer_back(proxied, endpoint):
    stage = proxied()
    headers = [("X-Custom", "a"), ("Authorization", "b"), ("Content-Type", "text/plain")]
    reply = stage.send("PUT", "/prod/items/7?q=a&q=b%20c", headers=headers, body="é".encode())
    assert reply.status == 201
    told = reply.json()
    assert (told["method"], told["path"]) == ("PUT", "/shop?q=a&q=b%20c")
    sent = dict(told["headers"])
    assert sent["X-Custom"] == "a"
    assert sent["Authorization"] == "b"
    assert sent["Host"] == f"127.0.0.1:{endpoint.server_address[1]}"
    assert sent["X-Amzn-Apigateway-Api-Id"] == "local00000"
    assert "X-Amzn-Trace-Id" in sent
    assert endpoint.bodies == ["é".encode()]
    assert stage.log[0].answered_by == "http"
    assert stage.function.events == []


@pytest.mark.fact("F5.3/5", "F5.4/2")
def test_headers_of_the_answer_are_treated_as_recorded(proxied):
    reply = proxied().get("/prod/items/7")
    assert reply.one("x-own") == "value"
    assert reply.one("x-amzn-remapped-www-authenticate") == "value"
    assert reply.one("x-amzn-remapped-content-length") == str(len(reply.body))
    assert reply.one("x-amzn-remapped-server").startswith("BaseHTTP")
    assert reply.one("x-amzn-remapped-date")
    assert reply.one("content-type") == "application/json"
    assert reply.one("x-amzn-trace-id") is None


@pytest.mark.fact("F5.4/2")
def test_the_ids_of_an_endpoint_on_aws_are_treated_as_recorded(proxied):
    reply = proxied("http://127.0.0.1:{port}/ids").get("/prod/items/7")
    assert reply.one("x-amzn-remapped-x-amzn-requestid") == "its own"
    assert reply.one("x-amzn-requestid") != "its own"
    assert reply.one("x-amzn-trace-id") == "Root=1-its-own"
    assert reply.one("x-amz-apigw-id") != "its own"


@pytest.mark.parametrize(
    ("binary", "accept"),
    [("*/*", None), ("image/png", "text/html"), ("image/*", None), ("a/b", "a/b, text/html")],
)
def test_binary_data_of_an_endpoint_comes_back_as_it_is(proxied, binary, accept):
    stage = proxied("http://127.0.0.1:{port}/binary", binary=[binary])
    reply = stage.get("/prod/items/7", *([("Accept", accept)] if accept else []))
    assert reply.body == bytes(range(256))
    assert reply.one("content-type") == "image/png"


@pytest.mark.fact("F11/10")
def test_without_a_binary_media_type_a_proxy_passes_text_and_the_log_says_so(
    proxied, endpoint, caplog
):
    stage = proxied("http://127.0.0.1:{port}/binary")
    reply = stage.send("PUT", "/prod/items/7", body=b"\x00\xff")
    assert endpoint.bodies == ["\x00\ufffd".encode()]
    assert reply.body == bytes(range(256)).decode("utf-8", "replace").encode()
    assert caplog.text.count("its media type is not in x-amazon-apigateway-binary-media-types") == 2


def test_an_encoded_body_of_an_endpoint_comes_back_as_it_is(proxied):
    reply = proxied("http://127.0.0.1:{port}/encoded").get("/prod/items/7")
    assert reply.one("content-encoding") == "gzip"
    assert gzip.decompress(reply.body) == b"encoded"


def test_binary_data_of_a_client_is_passed_on_as_it_is(proxied, endpoint):
    stage = proxied(binary=["image/png"])
    stage.send("PUT", "/prod/items/7", headers=[("Content-Type", "image/png")], body=b"\x00\xff")
    assert endpoint.bodies == [b"\x00\xff"]


def test_a_chunked_answer_arrives_whole(proxied):
    assert proxied("http://127.0.0.1:{port}/chunked").get("/prod/items/7").body == b"abc"


def test_parameters_are_mapped_into_path_query_and_headers(proxied):
    stage = proxied(
        "http://${stageVariables.host}:{port}/v/{part}",
        variables={"host": "127.0.0.1"},
        requestParameters={
            "integration.request.path.part": "method.request.path.id",
            "integration.request.querystring.extra": "'a b'",
            "integration.request.header.X-Custom": "context.stage",
            "integration.request.header.X-None": "method.request.header.absent",
        },
    )
    told = stage.get("/prod/items/a%2Fb?q=1", ("x-custom", "client")).json()
    assert told["path"] == "/v/a%2Fb?q=1&extra=a+b"
    names = [name.lower() for name, _ in told["headers"]]
    assert names.count("x-custom") == 1
    assert dict(told["headers"])["X-Custom"] == "prod"
    assert "x-none" not in names


@pytest.mark.fact("F11/9/15")
def test_mapped_parameters_are_added_and_replace_headers_as_recorded(proxied):
    stage = proxied(
        "http://127.0.0.1:{port}/?size={size}&sort={order}",
        requestParameters={
            "integration.request.header.Own": "method.request.header.given",
            "integration.request.path.order": "method.request.querystring.size",
            "integration.request.path.size": "method.request.path.id",
            "integration.request.querystring.more": "method.request.querystring.page",
            "integration.request.querystring.sort": "method.request.querystring.page",
            "integration.request.querystring.none": "method.request.header.absent",
        },
    )
    target = "/prod/items/7?page=3&size=20"
    told = stage.get(target, ("given", "mapped"), ("own", "sent")).json()
    assert told["path"] == "/?size=7&sort=20&page=3&size=20&more=3&sort=3"
    headers = {name.lower(): value for name, value in told["headers"]}
    assert (headers["own"], headers["given"]) == ("mapped", "mapped")


@pytest.mark.fact("F11/9/16")
def test_the_content_coding_of_a_request_is_not_passed_on(proxied, endpoint):
    headers = [("Content-Encoding", "gzip")]
    told = proxied().send("PUT", "/prod/items/7", headers=headers, body=gzip.compress(b"a")).json()
    assert "content-encoding" not in {name.lower() for name, _ in told["headers"]}
    assert endpoint.bodies == [b"a"]


def test_content_handling_is_for_proxies_too(proxied, endpoint):
    stage = proxied(contentHandling="CONVERT_TO_BINARY")
    stage.send("PUT", "/prod/items/7", body=b"AAEC")
    assert endpoint.bodies == [b"\x00\x01\x02"]


def test_the_method_may_be_fixed(proxied):
    assert proxied(httpMethod="POST").get("/prod/items/7").json()["method"] == "POST"


def test_an_endpoint_that_hangs_is_a_504(proxied):
    reply = proxied("http://127.0.0.1:{port}/hang", timeoutInMillis=100).get("/prod/items/7")
    assert (reply.status, reply.json()["message"]) == (504, "Endpoint request timed out")


def test_an_endpoint_that_is_not_there_or_hangs_up_is_a_network_error(proxied):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        for uri in (f"http://127.0.0.1:{port}/", "http://127.0.0.1:{port}/close"):
            stage = proxied(uri)
            reply = stage.get("/prod/items/7")
            assert reply.status == 504
            assert reply.json() == {"message": "Network error communicating with endpoint"}
            assert stage.log[0].answered_by == "INTEGRATION_FAILURE"


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("http://example.com/", "this stage only calls http:// on this machine"),
        ("https://127.0.0.1/", "this stage only calls http:// on this machine"),
        ("http://127.0.0.1/{id}", "no request parameter fills {id}"),
        ("http://127.0.0.1:99999/", "out of range"),
    ],
)
def test_what_is_not_called_is_a_500_and_the_log_says_why(proxied, caplog, uri, words):
    assert proxied(uri).get("/prod/items/7").status == 500
    assert words in caplog.text


@pytest.mark.parametrize(
    "integration",
    [
        {
            "type": "aws",
            "uri": "arn:aws:apigateway:us-east-1:lambda:path/f",
            "requestTemplates": {"application/json": '{"a": $input.json("$.a")}'},
        },
        {
            "type": "http",
            "uri": "http://127.0.0.1/",
            "responses": {
                "default": {"statusCode": 200, "responseTemplates": {"text/plain": "$util.x()"}}
            },
        },
        {
            "type": "mock",
            "requestTemplates": {"application/json": '#if($input.path("$.a"))x#end'},
            "responses": {"default": {"statusCode": "200"}},
        },
    ],
)
def test_an_integration_that_needs_vtl_is_explained_and_the_rest_is_served(
    run, documents, caplog, integration
):
    document = documents.api(
        {
            "/mapped": {"get": documents.proxy(**{"x-amazon-apigateway-integration": integration})},
            "/items": {"get": documents.proxy()},
        }
    )
    stage = run(document)
    assert "VTL" in stage.stage.warnings[0]
    assert stage.get("/prod/mapped").status == 500
    assert "VTL" in caplog.text
    assert stage.get("/prod/items").status == 200


def test_a_mocks_templates_may_hold_variables(run, documents):
    mocked = documents.preflight(
        requestTemplates={"application/json": '{"statusCode": $stageVariables.code}'},
        responses={
            "default": {
                "statusCode": "200",
                "responseTemplates": {"application/json": '{"stage": "$context.stage"}'},
            }
        },
    )
    stage = run(documents.api({"/m": {"get": mocked}}), stage_variables={"code": "200"})
    assert stage.get("/prod/m").json() == {"stage": "prod"}


@pytest.mark.fact("F11/4")
def test_an_endpoints_response_streams(proxied, endpoint):
    stage = proxied("http://127.0.0.1:{port}/slow", responseTransferMode="STREAM")
    connection = http.client.HTTPConnection("127.0.0.1", stage.server.port, timeout=10)
    connection.request("GET", "/prod/items/7")
    response = connection.getresponse()
    assert response.read(5) == b"first"
    assert response.getheader("Transfer-Encoding") == "chunked"
    assert response.getheader("X-Own") == "value"
    endpoint.release.set()
    assert response.read() == b"second"
    connection.close()


def test_an_endpoint_that_breaks_off_while_it_streams_closes_the_connection(proxied, caplog):
    stage = proxied("http://127.0.0.1:{port}/torn", responseTransferMode="STREAM")
    with pytest.raises(http.client.IncompleteRead):
        stage.get("/prod/items/7")
    assert proxied("http://127.0.0.1:{port}/torn").get("/prod/items/7").status == 504
