import pytest

from openapi_first.stage.messages.settings import Settings

CORS = {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}


@pytest.fixture
def with_responses(run, documents):
    """A stage whose one operation needs `?q`, with these gateway responses."""

    def start(responses, **options):
        parameter = {"name": "q", "in": "query", "required": True}
        document = documents.validated(
            parameters=[parameter],
            schema={"type": "array"},
            path="/a/{id}",
            responses=responses,
        )
        return run(document, **options)

    return start


@pytest.mark.fact("F4.2/1", "F7/5")
def test_default_4xx_dresses_every_type_that_is_not_defined(with_responses):
    stage = with_responses(
        {
            "DEFAULT_4XX": {
                "responseParameters": CORS,
                "responseTemplates": {"application/json": '{"m":$context.error.messageString}'},
            }
        }
    )
    for reply, status in ((stage.get("/prod/x"), 403), (stage.post("/prod/a/1", []), 400)):
        assert reply.status == status
        assert reply.one("access-control-allow-origin") == "*"
        assert set(reply.json()) == {"m"}


@pytest.mark.fact("F4.2/1")
def test_a_status_of_default_4xx_flattens_every_undefined_type(with_responses):
    stage = with_responses({"DEFAULT_4XX": {"statusCode": "418"}})
    assert stage.get("/prod/x").status == 418
    assert stage.post("/prod/a/1", []).status == 418


@pytest.mark.fact("F4.2/2")
def test_a_defined_type_inherits_nothing(with_responses):
    stage = with_responses(
        {
            "DEFAULT_4XX": {
                "statusCode": "418",
                "responseParameters": CORS,
                "responseTemplates": {"application/json": "{}"},
            },
            "BAD_REQUEST_PARAMETERS": {"responseParameters": {"gatewayresponse.header.x": "'y'"}},
        }
    )
    reply = stage.post("/prod/a/1", [])
    assert reply.status == 400
    assert reply.one("x") == "y"
    assert reply.one("access-control-allow-origin") is None
    assert reply.body == b'{"message": "Missing required request parameters: [q]"}'


@pytest.mark.fact("F4.1/9")
def test_default_5xx_dresses_what_the_function_did_wrong(with_responses, fake):
    function = fake(error=True)
    stage = with_responses(
        {
            "DEFAULT_5XX": {
                "responseParameters": CORS,
                "responseTemplates": {
                    "application/json": '{"type": "$context.error.responseType"}'
                },
            }
        },
        invoker=function,
    )
    reply = stage.post("/prod/a/1?q=1", [])
    assert (reply.status, reply.json()) == (502, {"type": "DEFAULT_5XX"})
    assert reply.one("access-control-allow-origin") == "*"


@pytest.mark.fact("F4.3/5")
def test_an_unknown_route_can_be_made_a_404(with_responses):
    stage = with_responses(
        {
            "MISSING_AUTHENTICATION_TOKEN": {
                "statusCode": "404",
                "responseTemplates": {"application/json": '{"message": "Not Found"}'},
            }
        }
    )
    reply = stage.get("/prod/x")
    assert (reply.status, reply.json()) == (404, {"message": "Not Found"})
    assert reply.one("x-amzn-ErrorType") == "MissingAuthenticationTokenException"


@pytest.mark.fact("F4.3/2", "F4.3/4")
def test_templates_see_the_request_its_context_and_the_stage_variables(with_responses):
    template = (
        '{"message": $context.error.messageString, "raw": "$context.error.message",'
        ' "type": "$context.error.responseType", "stage": "$context.stage",'
        ' "resource": "$context.resourcePath", "ip": "$context.identity.sourceIp",'
        ' "urn": "urn:uuid:$context.requestId", "epoch": $context.requestTimeEpoch,'
        ' "v": "$stageVariables.a", "no": "$stageVariables.b$context.authorizer.x",'
        ' "h": "method.request.header.Accept", "p": "method.request.path.id",'
        ' "qs": "method.request.querystring.z", "why": "$context.error.validationErrorString"}'
    )
    responses = {"BAD_REQUEST_PARAMETERS": {"responseTemplates": {"application/json": template}}}
    stage = with_responses(responses, stage_variables={"a": "1"})
    reply = stage.post("/prod/a/7?z=%22quoted%22", [], ("Accept", "text/x"))
    told = reply.json()
    assert told.pop("epoch") > 1_700_000_000_000
    assert told == {
        "message": "Missing required request parameters: [q]",
        "raw": "Missing required request parameters: [q]",
        "type": "BAD_REQUEST_PARAMETERS",
        "stage": "prod",
        "resource": "/a/{id}",
        "ip": "127.0.0.1",
        "urn": f"urn:uuid:{reply.one('x-amzn-RequestId')}",
        "v": "1",
        "no": "",
        "h": "text/x",
        "p": "7",
        "qs": '"quoted"',
        "why": "",
    }


@pytest.mark.fact("F2.3/6", "F4.3/1")
def test_outside_quotes_a_variable_is_printed_raw(with_responses):
    template = "<$context.error.validationErrorString>"
    stage = with_responses(
        {"BAD_REQUEST_BODY": {"responseTemplates": {"application/json": template}}}
    )
    assert stage.post("/prod/a/1?q=1", {"b": 1}).body.startswith(b"<[instance type (object)")
    assert b'(allowed: ["array"])' in stage.post("/prod/a/1?q=1", {}).body


@pytest.mark.fact("F4.3/2")
def test_header_mappings_take_the_requests_parameters_and_the_context(with_responses):
    stage = with_responses(
        {
            "BAD_REQUEST_PARAMETERS": {
                "responseParameters": {
                    "gatewayresponse.header.x-header": "method.request.header.Accept",
                    "gatewayresponse.header.x-path": "method.request.path.id",
                    "gatewayresponse.header.x-query": "method.request.querystring.z",
                    "gatewayresponse.header.x-context": "context.requestId",
                    "gatewayresponse.header.x-variable": "stageVariables.a",
                    "gatewayresponse.header.x-nothing": "method.request.header.absent",
                }
            }
        },
        stage_variables={"a": "1"},
    )
    reply = stage.post("/prod/a/7?z=a%0d%0aSet-Cookie:%20b", [], ("Accept", "text/x"))
    assert reply.one("x-header") == "text/x"
    assert reply.one("x-path") == "7"
    assert reply.one("x-query") == "a  Set-Cookie: b"
    assert reply.one("set-cookie") is None
    assert reply.one("x-context") == reply.one("x-amzn-requestid")
    assert reply.one("x-variable") == "1"
    assert reply.one("x-nothing") is None


@pytest.mark.fact("F4.3/9")
def test_a_content_type_header_replaces_the_templates_unless_set_otherwise(with_responses):
    responses = {
        "MISSING_AUTHENTICATION_TOKEN": {
            "responseParameters": {
                "gatewayresponse.header.Content-Type": "'application/problem+json'"
            },
            "responseTemplates": {"application/json": "{}"},
        }
    }
    reply = with_responses(responses).get("/prod/x")
    assert reply.one("content-type") == "application/problem+json"
    plain = with_responses(
        responses, settings=Settings(gateway_response_content_type_honoured=False)
    )
    assert plain.get("/prod/x").one("content-type") == "application/json"


@pytest.mark.fact("F4.3/9")
def test_json_is_preferred_among_several_templates(with_responses):
    templates = {"application/xml": "<x/>", "application/json": "{}"}
    stage = with_responses({"DEFAULT_4XX": {"responseTemplates": templates}})
    assert stage.get("/prod/x", ("Accept", "application/xml")).body == b"{}"
    del templates["application/json"]
    stage = with_responses({"DEFAULT_4XX": {"responseTemplates": templates}})
    reply = stage.get("/prod/x")
    assert (reply.one("content-type"), reply.body) == ("application/xml", b"<x/>")


def test_every_refusal_names_its_request(with_responses):
    reply = with_responses({}).get("/prod/x")
    assert reply.one("x-amzn-requestid")
    assert reply.one("x-amz-apigw-id")
    assert reply.one("x-amzn-trace-id") is None
    assert reply.one("content-type") == "application/json"
    assert {"x-amzn-RequestId", "x-amz-apigw-id", "x-amzn-ErrorType"} <= set(reply.names)
