import pytest


@pytest.fixture
def preflight(run, documents):
    def start(binary=(), **integration):
        document = documents.api(
            {"/items": {"options": documents.preflight(**integration)}},
            **{"x-amazon-apigateway-binary-media-types": list(binary)},
        )
        return run(document)

    return start


@pytest.mark.fact("F7/1", "F5.4/2")
def test_a_preflight_is_answered_without_the_function(preflight):
    stage = preflight()
    reply = stage.send("OPTIONS", "/prod/items")
    assert (reply.status, reply.body) == (200, b"")
    assert reply.one("access-control-allow-origin") == "*"
    assert reply.one("access-control-allow-methods") == "GET,POST"
    assert reply.one("content-type") == "application/json"
    assert reply.one("x-amzn-requestid")
    assert reply.one("x-amzn-trace-id") is None
    assert stage.function.events == []
    assert stage.log[0].answered_by == "mock"


def test_quotes_inside_a_literal_are_part_of_it(preflight):
    headers = "method.response.header.Access-Control-Allow-Methods"
    response = {"statusCode": "200", "responseParameters": {headers: "'X-A', 'X-B'"}}
    reply = preflight(responses={"default": response}).send("OPTIONS", "/prod/items")
    assert reply.one("Access-Control-Allow-Methods") == "X-A', 'X-B"


@pytest.mark.parametrize(
    "template", ["{statusCode: 200}", '{"statusCode": "200"}', "{'statusCode': 200}"]
)
@pytest.mark.fact("F7/10")
def test_a_loosely_written_template_is_understood(preflight, template):
    stage = preflight(requestTemplates={"application/json": template})
    assert stage.send("OPTIONS", "/prod/items").status == 200


@pytest.mark.fact("F2.2/3", "F7/7")
def test_never_refuses_a_media_type_without_template(preflight):
    typed = [("Content-Type", "text/plain")]
    reply = preflight().send("OPTIONS", "/prod/items", headers=typed)
    assert (reply.status, reply.body) == (415, b'{"message": "Unsupported Media Type"}')
    assert reply.one("x-amzn-ErrorType") == "BadRequestException"


def test_when_no_templates_refuses_if_there_is_one(preflight):
    typed = [("Content-Type", "text/plain")]
    stage = preflight(passthroughBehavior="when_no_templates")
    assert stage.send("OPTIONS", "/prod/items", headers=typed).status == 415


def test_when_no_match_passes_the_body_through(preflight):
    stage = preflight(passthroughBehavior="when_no_match")
    typed = [("Content-Type", "text/plain")]
    sent = stage.send("OPTIONS", "/prod/items", headers=typed, body=b'{"statusCode": 200}')
    assert sent.status == 200
    assert stage.send("OPTIONS", "/prod/items", headers=typed, body=b"{}").status == 500


def test_the_status_code_selects_the_response(preflight):
    stage = preflight(
        requestTemplates={"application/json": '{"statusCode": 404}'},
        responses={
            "default": {"statusCode": "200"},
            "4\\d{2}": {"statusCode": "404", "responseTemplates": {"application/json": '{"a": 1}'}},
        },
    )
    reply = stage.send("OPTIONS", "/prod/items")
    assert (reply.status, reply.json()) == (404, {"a": 1})


def test_a_status_without_response_is_a_500(preflight):
    stage = preflight(responses={"404": {"statusCode": "404"}})
    assert stage.send("OPTIONS", "/prod/items").status == 500


@pytest.mark.fact("F7/8")
def test_binary_everything_breaks_a_mock_that_does_not_convert_to_text(preflight):
    assert preflight(binary=["*/*"]).send("OPTIONS", "/prod/items").status == 500
    converting = preflight(binary=["*/*"], contentHandling="CONVERT_TO_TEXT")
    assert converting.send("OPTIONS", "/prod/items").status == 200
