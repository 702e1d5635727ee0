"""The report at start: once for each kind, with its places and the nearest name."""

import pytest

from openapi_first.stage.support.unsupported import grouped, unsupported

PREFIX = "x-amazon-apigateway-"
URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations"


@pytest.mark.parametrize(
    ("document", "warning"),
    [
        ({f"{PREFIX}polcy": {}}, f"#/{PREFIX}polcy: API Gateway has no such extension; "
         f"did you mean {PREFIX}policy?"),
        ({"paths": {"/a": {f"{PREFIX}policy": {}}}},
         f"#/paths/~1a/{PREFIX}policy: it has no effect here, only at the root"),
        ({"components": {"responses": {"A": {f"{PREFIX}auth": {}}}}},
         f"#/components/responses/A/{PREFIX}auth: it has no effect here, only in an operation"),
        ({f"{PREFIX}request-validators": {"a": {"validateBody": True}}},
         f"#/{PREFIX}request-validators/a/validateBody: AWS has no such member; "
         "did you mean validateRequestBody?"),
        ({"paths": {"/a": {f"{PREFIX}any-method": {f"{PREFIX}integration": {"typ": "mock"}}}}},
         f"#/paths/~1a/{PREFIX}any-method/{PREFIX}integration/typ: AWS has no such member; "
         "did you mean type?"),
        ({"components": {"x": {"i": {"cacheNamespace": "a"}}}, "paths": {"/a": {"get": {
            f"{PREFIX}integration": {"$ref": "#/components/x/i"}}}}},
         "#/components/x/i/cacheNamespace: nothing is cached here, so that every request reaches "
         "the integration"),
        ({"paths": {"/a": {"get": {f"{PREFIX}integration": {"type": "mock", "requestParameters":
          {"a": "b"}}}}}}, f"#/paths/~1a/get/{PREFIX}integration/requestParameters: a mock sends "
         "no request, so that nothing is mapped"),
    ],
    ids=range(7),
)  # fmt: skip
def test_what_has_no_effect_is_reported(document, warning):
    assert list(unsupported(document)) == [warning]


@pytest.mark.parametrize(
    "document",
    [
        {"components": {"schemas": {"A": {"properties": {f"{PREFIX}x": {}}}}}},
        {"paths": {"/a": {"get": {f"{PREFIX}integration": {"Fn::Sub": "x"}}}}},
        {"x-mine": {f"{PREFIX}x": {}}},
        {"paths": ["x", None, 1], "tags": "x", 1: {2: 3}},
    ],
    ids=["property", "intrinsic", "other-extension", "no-openapi"],
)
def test_what_is_not_an_extension_of_the_document_is_left_alone(document):
    assert list(unsupported(document)) == []


def test_a_deep_document_is_read():
    value = {}
    for _ in range(5_000):
        value = {"a": value}
    assert list(unsupported(value)) == []


def test_many_of_the_same_are_one_line():
    lines = [f"#/paths/{n}: nothing is cached" for n in range(300)] + ["#/a: other", "#/a: other"]
    assert grouped(lines) == (
        "#/paths/0, #/paths/1, #/paths/2 and 297 more: nothing is cached",
        "#/a: other",
    )


@pytest.mark.parametrize(
    "integration",
    [
        {"type": "aws", "uri": "arn:aws:apigateway:eu-west-1:sqs:path/1/q"},
        {"type": "http_proxy", "uri": {"Fn::Sub": "http://${Host}/"}, "connectionId": "l"},
        {"type": "mock", "requestTemplates": {"application/json": "#if(1)#end"}},
    ],
    ids=["service", "intrinsic", "vtl"],
)
@pytest.mark.parametrize("method", ["get", f"{PREFIX}any-method"])
def test_an_integration_that_only_aws_performs_is_one_warning(run, documents, integration, method):
    given = {"credentials": "arn:aws:iam::1:role/r", "cacheNamespace": "n", "uris": "a"}
    operation = {"responses": {}, f"{PREFIX}integration": {**integration, **given}}
    warnings = run(documents.api({"/a/{b}": {method: operation}})).stage.warnings
    assert [each.partition(": ")[2] for each in warnings if "responds with 500" not in each] == [
        "AWS has no such member; did you mean uri?"
    ]
    assert len(warnings) == 2


def test_the_endpoints_of_one_host_are_one_warning(run, documents):
    paths = {
        f"/a{n}": {
            "get": {
                "responses": {},
                f"{PREFIX}integration": {
                    "type": "http_proxy",
                    "httpMethod": "GET",
                    "uri": f"https://user:secret@example.com:8443/{n}",
                },
            }
        }
        for n in range(9)
    }
    (warning,) = run(documents.api(paths)).stage.warnings
    assert warning.startswith("GET /a0, GET /a1, GET /a2 and 6 more: this stage only calls http://")
    assert "--upstream https://example.com:8443=http://127.0.0.1:PORT" in warning
    assert "secret" not in warning


@pytest.mark.parametrize("handling", ["CONVERT_TO_TEXT", "CONVERT_TO_BINARY"])
def test_what_the_console_writes_into_every_proxy_is_no_warning(run, documents, handling):
    document = documents.one()
    document["paths"]["/items"]["get"][f"{PREFIX}integration"]["contentHandling"] = handling
    warnings = run(document).stage.warnings
    assert len(warnings) == (handling == "CONVERT_TO_BINARY")


@pytest.mark.fact("F11/5")
def test_three_hundred_methods_of_a_kind_are_a_few_warnings(run, documents):
    service = {"type": "aws", "uri": "arn:aws:apigateway:eu-west-1:sqs:path/1/q", "responses": {}}
    template = {"type": "mock", "requestTemplates": {"application/json": "#if(1)#end"}}
    other = {"type": "aws_proxy", "httpMethod": "POST", "uri": URI.replace("/f/", "/nosuch/")}
    kinds = {"s": service, "t": template, "o": other | {"cacheKeyParameters": ["a"]}}
    paths = {
        f"/{kind}{n}": {"get": {"responses": {}, f"{PREFIX}integration": integration}}
        for kind, integration in kinds.items()
        for n in range(90)
    }
    running = run(documents.api(paths), function_name="f")
    assert len(running.stage.warnings) == 4
    assert all("and 87 more: " in warning for warning in running.stage.warnings)
    assert any("nosuch" in warning for warning in running.stage.warnings)
    assert running.get("/prod/o1").status == 500
