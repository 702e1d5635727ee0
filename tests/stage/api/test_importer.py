import pytest

from openapi_first.stage.api.importer import read_document
from openapi_first.stage.api.rest_api import StageDocumentError


def problems(document):
    with pytest.raises(StageDocumentError) as caught:
        read_document(document)
    return caught.value.problems


def test_all_problems_are_told_at_once_each_with_its_place(documents):
    document = documents.api(
        {
            "/a": {"get": {"responses": {}}},
            "/b": {"get": documents.proxy(**{"x-amazon-apigateway-request-validator": "ghost"})},
            "c": {},
        },
        openapi="3.1.0",
        **{
            "x-amazon-apigateway-gateway-responses": {
                "NO_SUCH_TYPE": {},
                "THROTTLED": {"statusCode": "999"},
            }
        },
    )
    found = problems(document)
    assert [problem.partition(": ")[0] for problem in found] == [
        "#/openapi",
        "#/paths/~1a/get",
        "#/paths/~1b/get/x-amazon-apigateway-request-validator",
        "#/paths/c",
        "#/x-amazon-apigateway-gateway-responses/NO_SUCH_TYPE",
        "#/x-amazon-apigateway-gateway-responses/THROTTLED/statusCode",
    ]
    with pytest.raises(StageDocumentError, match="6 problems"):
        read_document(document)


@pytest.mark.parametrize("document", [{}, {"openapi": "3.0.3"}, {"openapi": "3.0.3", "paths": []}])
def test_what_is_no_api_is_refused(document):
    assert problems(document)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"$ref": "#/components/schemas/Ghost"}, "does not resolve"),
        ({"$ref": "https://example.com/schema"}, "does not resolve"),
        ({"type": "strin"}, "draft 4"),
        ({"type": "string", "pattern": "("}, "cannot be compiled"),
        ({"properties": {"a": {"pattern": "["}}}, "cannot be compiled"),
        ([], "must be an object"),
    ],
)
def test_a_schema_that_cannot_be_used_is_a_problem(documents, schema, words):
    (problem,) = problems(documents.validated(schema=schema))
    assert words in problem
    assert problem.startswith("#/paths/~1items/post/requestBody/content/application~1json/schema")


def test_properties_may_have_the_names_of_keywords(run, documents):
    names = ("id", "pattern", "$ref", "enum", "properties", "required")
    schema = {
        "type": "object",
        "properties": {name: {"$ref": "#/components/schemas/S"} for name in names},
    }
    components = {"S": {"type": "string", "pattern": "^a$"}}
    stage = run(documents.validated(schema=schema, components=components))
    assert stage.post("/prod/items", dict.fromkeys(names, "a")).status == 200
    for name in names:
        assert stage.post("/prod/items", {name: "b"}).status == 400


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        (["/users/{id}", "/users/{name}/x"], "A sibling ({id}) of this resource"),
        (["/users/{id}", "/users/{proxy+}"], "only one is allowed"),
        (["/{proxy+}/x"], "Cannot create a child"),
        (["/{id}.json"], "not a legal path segment"),
        (["/a b"], "not a legal path segment"),
    ],
)
@pytest.mark.fact("F3.2/7")
def test_resources_the_gateway_could_not_make_are_problems(documents, paths, words):
    document = documents.api({path: {"get": documents.proxy()} for path in paths})
    assert any(words in problem for problem in problems(document))


@pytest.mark.parametrize(
    ("integration", "words"),
    [
        ({"type": "ftp"}, "is not an integration type (aws_proxy, http_proxy, mock"),
        ({"type": "aws_proxy"}, "needs the function's invocation URI"),
        ({"type": "mock", "passthroughBehavior": "sometimes"}, "is unknown"),
        ({"type": "mock", "timeoutInMillis": 1}, "at least 50"),
        ({"type": "http_proxy"}, "needs the endpoint's URI"),
        (
            {"type": "http_proxy", "uri": "x", "requestParameters": {"x": "'a'"}},
            "is not integration.request",
        ),
        (
            {
                "type": "http_proxy",
                "uri": "x",
                "requestParameters": {"integration.request.header.a": "b"},
            },
            "is not a mapping expression",
        ),
        ({"type": "mock", "responses": {"default": {}}}, "needs a statusCode"),
        ({"type": "mock", "responses": {"(": {"statusCode": 200}}}, "cannot be compiled"),
        (
            {
                "type": "mock",
                "responses": {
                    "default": {
                        "statusCode": "200",
                        "responseParameters": {"method.response.header.X": "'y'"},
                    }
                },
            },
            "is not declared",
        ),
    ],
)
@pytest.mark.fact("F7/2")
def test_integrations_the_stage_cannot_run_are_problems(documents, integration, words):
    operation = documents.proxy(**{"x-amazon-apigateway-integration": integration})
    found = problems(documents.api({"/a": {"get": operation}}))
    assert any(words in problem for problem in found)


@pytest.mark.parametrize(
    ("path", "resource"), [("/a/", "/a"), ("/a", "/a"), ("/", "/"), ("/a/{b}/", "/a/{b}")]
)
def test_a_resource_has_no_slash_at_its_end(documents, path, resource):
    (method,) = read_document(documents.api({path: {"get": documents.proxy()}})).methods
    assert method.resource == resource


@pytest.mark.parametrize("value", ["*", "'", "'a", "method.request.body.x", "$context.x"])
def test_a_mapping_that_is_no_expression_is_a_problem(documents, value):
    document = documents.one()
    document["x-amazon-apigateway-gateway-responses"] = {
        "DEFAULT_4XX": {"responseParameters": {"gatewayresponse.header.X": value}}
    }
    (problem,) = problems(document)
    assert "mapping expression" in problem


def test_what_the_stage_leaves_out_is_a_warning(documents):
    document = documents.one(
        security=[{"cognito": []}], parameters=[{"name": "c", "in": "cookie", "required": True}]
    )
    document["paths"]["/items"]["parameters"] = [{"name": "q", "in": "query", "required": True}]
    document["components"] = {
        "securitySchemes": {
            "cognito": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "x-amazon-apigateway-authtype": "cognito_user_pools",
            }
        }
    }
    words = "\n".join(read_document(document).warnings)
    assert "path-level parameters" in words
    assert "so it is not checked" in words
    assert "only header, path and query" in words


def test_references_to_parameters_and_bodies_are_followed(run, documents):
    document = documents.validated()
    operation = document["paths"]["/items"]["post"]
    operation["parameters"] = [{"$ref": "#/components/parameters/Q"}]
    operation["requestBody"] = {"$ref": "#/components/requestBodies/B"}
    document["components"] = {
        "parameters": {"Q": {"name": "q", "in": "query", "required": True}},
        "requestBodies": {"B": {"content": {"application/json": {"schema": {"type": "array"}}}}},
    }
    stage = run(document)
    assert stage.post("/prod/items", []).status == 400
    assert stage.post("/prod/items?q=1", {}).status == 400
    assert stage.post("/prod/items?q=1", []).status == 200
    operation["parameters"] = [{"$ref": "#/components/parameters/Ghost"}]
    assert "does not resolve" in problems(document)[0]


def test_reading_leaves_the_document_alone(documents):
    import copy

    schema = {"type": "string", "pattern": "^a$"}
    document = documents.validated(schema=schema, components={"S": schema})
    before = copy.deepcopy(document)
    read_document(document)
    assert document == before


def test_an_authorizer_at_the_root_guards_operations_without_their_own(documents):
    """As imports were seen to: the authorizer with its scopes, and no API key."""
    document = documents.one()
    document["security"] = [{"pool": ["read"], "key": []}]
    document["components"] = {
        "securitySchemes": {
            "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
            "pool": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "x-amazon-apigateway-authtype": "cognito_user_pools",
                "x-amazon-apigateway-authorizer": {
                    "type": "cognito_user_pools",
                    "providerARNs": ["arn:aws:cognito-idp:eu-west-1:1:userpool/eu-west-1_a"],
                },
            },
        }
    }
    operation = document["paths"]["/items"]["get"]
    for own, name, scopes in (
        (None, "pool", ("read",)),
        ([{"pool": ["write"]}], "pool", ("write",)),
        ([], None, ()),
    ):
        operation.pop("security", None)
        if own is not None:
            operation["security"] = own
        (method,) = read_document(document).methods
        security = method.security
        assert (security.authorizer and security.authorizer.name, security.scopes) == (name, scopes)
        assert not security.api_key_required
