import json
import threading
import time

import pytest

from openapi_first.stage.messages.settings import Settings

TELLING = {
    "BAD_REQUEST_BODY": {
        "responseTemplates": {
            "application/json": '{"detail": "$context.error.validationErrorString"}'
        }
    }
}
ITEM = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string", "minLength": 1, "pattern": "^[a-z]+$"},
        "level": {"enum": ["high", "medium", "low"]},
        "size": {"type": "integer", "minimum": 1},
        "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}},
    },
    "additionalProperties": False,
}
TAG = {"type": "object", "required": ["key"], "properties": {"key": {"type": "string"}}}


@pytest.fixture
def told(run, documents):
    """Post a body; hear the gateway's description of what is wrong with it, or None."""
    document = documents.validated(schema=ITEM, components={"Tag": TAG}, responses=TELLING)

    def post(body, *headers):
        reply = run(document).post("/prod/items", body, *headers)
        assert reply.status in (200, 400)
        return reply.json()["detail"] if reply.status == 400 else None

    return post


PARAMETERS = [
    {"name": "qs1", "in": "query", "required": True},
    {"name": "issuer", "in": "path", "required": True},
    {"name": "x-header-param", "in": "header", "required": True},
    {"name": "free", "in": "query"},
    {"name": "session", "in": "cookie", "required": True},
]


@pytest.mark.fact("F2.2/1", "F2.2/4", "F3.1/14")
def test_missing_parameters_are_listed_header_then_path_then_query(run, documents):
    document = documents.validated(parameters=PARAMETERS, path="/a/{other}", method="get")
    reply = run(document).get("/prod/a/b")
    assert reply.status == 400
    assert reply.body == (
        b'{"message": "Missing required request parameters: [x-header-param, issuer, qs1]"}'
    )
    assert reply.one("x-amzn-ErrorType") == "BadRequestException"


@pytest.mark.parametrize("query", ["", "?qs1", "?qs1=", "?qs1=%20", "?QS1=x"])
@pytest.mark.fact("F2.1/1")
def test_a_blank_parameter_is_a_missing_one(run, documents, query):
    document = documents.validated(parameters=PARAMETERS[:1], method="get")
    reply = run(document).get(f"/prod/items{query}")
    assert reply.json() == {"message": "Missing required request parameters: [qs1]"}


@pytest.mark.fact("F2.1/1")
def test_present_parameters_are_not_looked_at(run, documents):
    parameter = {"name": "limit", "in": "query", "required": True, "schema": {"type": "integer"}}
    document = documents.validated(parameters=[parameter], method="get")
    assert run(document).get("/prod/items?limit=many").status == 200


def test_header_parameters_are_found_in_any_case_unless_set_otherwise(run, documents):
    document = documents.validated(parameters=PARAMETERS[2:3], method="get")
    header = ("X-Header-Param", "v")
    assert run(document).get("/prod/items", header).status == 200
    strict = run(document, settings=Settings(header_parameters_case_sensitive=True))
    assert strict.get("/prod/items", header).status == 400
    assert strict.get("/prod/items", ("x-header-param", "v")).status == 200


@pytest.mark.fact("F2.2/5")
def test_parameters_are_checked_before_the_body(run, documents):
    document = documents.validated(parameters=PARAMETERS[:1], schema=ITEM, components={"Tag": TAG})
    assert "qs1" in run(document).post("/prod/items", {}).json()["message"]


@pytest.mark.fact("F2.2/2", "F2.2/6", "F3.1/15", "F4.1/8")
def test_an_invalid_body_gives_the_stock_answer(run, documents):
    document = documents.validated(schema=ITEM, components={"Tag": TAG})
    reply = run(document).post("/prod/items", {})
    assert (reply.status, reply.body) == (400, b'{"message": "Invalid request body"}')
    assert reply.one("x-amzn-ErrorType") == "BadRequestException"


@pytest.mark.parametrize(
    ("body", "string"),
    [
        ({"name": "a"}, None),
        ({"name": "a", "id": "x", "tags": [{"key": "k"}]}, None),
        ({}, '[object has missing required properties (["name"])]'),
        (
            {"name": "a", "zoo": 1, "foo": 1},
            '[object instance has properties which are not allowed by the schema: ["foo","zoo"]]',
        ),
        (
            {"name": "n@me!!"},
            '[ECMA 262 regex "^[a-z]+$" does not match input string "n@me!!"]',
        ),
        ({"name": "abc\n"}, '[ECMA 262 regex "^[a-z]+$" does not match input string "abc\n"]'),
        (
            {"name": "a", "level": "x"},
            '[instance value ("x") not found in enum (possible values: ["high","medium","low"])]',
        ),
        (
            {"name": "a", "tags": [{}]},
            '[object has missing required properties (["key"])]',
        ),
    ],
)
@pytest.mark.fact("F2.3/1", "F2.3/2", "F2.3/3", "F2.3/4")
def test_violations_are_told_in_the_gateways_words(told, body, string):
    assert told(body) == string


@pytest.mark.parametrize(
    "body",
    [
        {"name": 1},
        {"name": ""},
        {"name": "a", "size": 0},
        {"name": "a", "size": 1.5},
        {"name": None},
    ],
)
def test_other_violations_are_described_in_brackets(told, body):
    string = told(body)
    assert string.startswith("[")
    assert string.endswith("]")


def test_several_missing_names_make_one_sentence(run, documents):
    schema = {"type": "object", "required": ["password", "email"]}
    reply = run(documents.validated(schema=schema, responses=TELLING)).post("/prod/items", {})
    assert reply.json()["detail"] == (
        '[object has missing required properties (["email","password"])]'
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"{",
        b"[" * 100_000,
        b'{"name":' * 50_000,
        b'{"name": "\xff\xfe"}',
        b'{"name": "\\ud800"}',
        b"NaN",
        b'{"name": "a"} trailing',
        "\ufeff{}".encode(),
    ],
    ids=lambda body: repr(body[:16]),
)
@pytest.mark.fact("F2.1/6", "F2.3/5")
def test_what_is_not_json_cannot_be_parsed(told, body):
    assert told(body) == "[Unknown error parsing request body]"


def test_a_deep_but_readable_body_never_breaks_the_stage(run, documents):
    schema = {"$ref": "#/components/schemas/Nest"}
    nest = {"type": "array", "items": {"$ref": "#/components/schemas/Nest"}}
    stage = run(documents.validated(schema=schema, components={"Nest": nest}))
    for depth in (10, 500, 900, 5000):
        assert stage.post("/prod/items", b"[" * depth + b"]" * depth).status in (200, 400)
    assert stage.post("/prod/items", [[1]]).status == 400


def test_huge_numbers_are_numbers(run, documents):
    stage = run(documents.validated(schema={"type": "number", "multipleOf": 3}))
    assert stage.post("/prod/items", b"9" * 5000).status in (200, 400)
    assert stage.post("/prod/items", b"1e400").status in (200, 400)
    assert stage.post("/prod/items", b"9").status == 200


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (None, 400),
        ("application/json", 400),
        ("Application/JSON", 400),
        ("application/json; charset=utf-8", 400),
        ("text/plain", 200),
        ("application/problem+json", 200),
    ],
)
@pytest.mark.fact("F2.1/2", "F2.1/3")
def test_only_the_models_media_type_is_validated(run, documents, content_type, status):
    stage = run(documents.validated(schema=ITEM, components={"Tag": TAG}))
    headers = [("Content-Type", content_type)] if content_type else []
    assert stage.post("/prod/items", {}, *headers).status == status


@pytest.mark.fact("F2.1/4")
def test_media_type_parameters_can_be_made_to_count(run, documents):
    document = documents.validated(schema=ITEM, components={"Tag": TAG})
    stage = run(document, settings=Settings(media_type_parameters_ignored=False))
    typed = ("Content-Type", "application/json; charset=utf-8")
    assert stage.post("/prod/items", {}, typed).status == 200


@pytest.mark.fact("F2.1/2")
def test_a_default_model_catches_every_media_type(run, documents):
    stage = run(documents.validated(schema={"type": "array"}, media_type="$default"))
    assert stage.post("/prod/items", {}, ("Content-Type", "text/plain")).status == 400


@pytest.mark.fact("F2.1/8")
def test_an_empty_optional_body_is_validated_unless_set_otherwise(run, documents):
    document = documents.validated(schema={"type": "object"}, required=False)
    assert run(document).post("/prod/items", b"").status == 400
    lenient = run(document, settings=Settings(empty_optional_body_validated=False))
    assert lenient.post("/prod/items", b"").status == 200
    assert lenient.post("/prod/items", b"[]").status == 400


def test_an_operations_validator_beats_the_documents(run, documents):
    document = documents.validated(schema={"type": "array"}, parameters=PARAMETERS[:1])
    operation = document["paths"]["/items"]["post"]
    operation["x-amazon-apigateway-request-validator"] = "none"
    assert run(document).post("/prod/items", {}).status == 200
    operation["x-amazon-apigateway-request-validator"] = "params"
    assert run(document).post("/prod/items", {}).status == 400
    assert run(document).post("/prod/items?qs1=x", {}).status == 200


def test_without_a_validator_nothing_is_checked(run, documents):
    document = documents.validated(schema={"type": "array"}, parameters=PARAMETERS[:1])
    del document["x-amazon-apigateway-request-validator"]
    assert run(document).post("/prod/items", {}).status == 200


def test_formats_are_not_asserted(run, documents):
    stage = run(documents.validated(schema={"type": "string", "format": "uuid"}))
    assert stage.post("/prod/items", "no uuid").status == 200


def test_null_is_refused_where_openapi_would_say_nullable(run, documents):
    stage = run(documents.validated(schema={"type": "string", "nullable": True}))
    assert stage.send("POST", "/prod/items", body=b"null").status == 400


@pytest.mark.fact("F2.3/6", "F4.3/3")
def test_the_description_is_valid_json_inside_a_templates_quotes(run, documents):
    document = documents.validated(schema=ITEM, components={"Tag": TAG}, responses=TELLING)
    reply = run(document).post("/prod/items", {'q"uote\\': 1, "name": "a"})
    assert 'q\\"uote' in json.loads(reply.body)["detail"]


@pytest.mark.parametrize(
    ("pattern", "texts", "reason"),
    [
        ("^(a+)+$", ["a" * 100 + "!"], "does not match input string"),
        ("^((?=a)a|a)*$", ["a" * 100 + "!"], "takes too many steps"),
        ("^((?=a)a|a)*$", ["a" * 11 + "!"] * 20_000, "takes too many steps"),
        ("(?=a*b)a", ["a" * 1_000_000], "takes too many steps"),
    ],
    ids=["linear", "one-string", "many-strings", "long-string"],
)
def test_no_pattern_keeps_other_requests_waiting(run, documents, pattern, texts, reason):
    schema = {"type": "array", "items": {"type": "string", "pattern": pattern}}
    document = documents.validated(schema=schema, responses=TELLING)
    document["paths"]["/other"] = {"get": documents.proxy()}
    stage, replies = run(document), []
    slow = threading.Thread(target=lambda: replies.append(stage.post("/prod/items", texts)))
    slow.start()
    started = time.monotonic()
    while slow.is_alive():
        assert stage.get("/prod/other").status == 200
        assert time.monotonic() - started < 60
    slow.join()
    assert replies[0].status == 400
    assert reason in replies[0].json()["detail"]


def test_a_pattern_that_is_given_up_refuses_the_body_wherever_it_is(run, documents):
    schema = {"not": {"type": "string", "pattern": "^((?=a)a|a)*$"}}
    stage = run(documents.validated(schema=schema, responses=TELLING))
    assert stage.post("/prod/items", "b").status == 200
    assert "takes too many steps" in stage.post("/prod/items", "a" * 100 + "!").json()["detail"]
