import pytest

from openapi_first.stage.api.routing import split_stage

STYLES = {
    "/items": ["get", "post"],
    "/items/{id}": ["get", "put"],
    "/items/export": ["post"],
    "/part1": ["post"],
    "/part1/{proxy+}": ["get"],
    "/any/x": ["any"],
    "/any/x/y": ["get"],
    "/": ["get"],
    "/a/b/c": ["get"],
    "/a/{x}/d": ["get"],
}


@pytest.fixture
def tree(documents):
    paths = {
        path: {
            ("x-amazon-apigateway-any-method" if m == "any" else m): documents.proxy()
            for m in methods
        }
        for path, methods in STYLES.items()
    }
    return documents.api(paths)


@pytest.mark.parametrize(
    ("method", "target", "resource", "parameters"),
    [
        ("GET", "/prod/items", "/items", None),
        ("GET", "/prod/items/", "/items", None),
        ("GET", "/prod/items/7", "/items/{id}", {"id": "7"}),
        ("PUT", "/prod/items/7/", "/items/{id}", {"id": "7"}),
        ("POST", "/prod/items/export", "/items/export", None),
        ("GET", "/prod//items", "/items", None),
        ("GET", "//prod/items", "/items", None),
        ("GET", "/prod/part1/random", "/part1/{proxy+}", {"proxy": "random"}),
        ("GET", "/prod/part1/a//b", "/part1/{proxy+}", {"proxy": "a//b"}),
        ("GET", "/prod/part1/a/b/", "/part1/{proxy+}", {"proxy": "a/b"}),
        ("DELETE", "/prod/any/x", "/any/x", None),
        ("HEAD", "/prod/any/x", "/any/x", None),
        ("GET", "/prod", "/", None),
        ("GET", "/prod/", "/", None),
        ("GET", "/prod/a/b/d", "/a/{x}/d", {"x": "b"}),
        ("GET", "/prod/items/%2e%2E%2Fx", "/items/{id}", {"id": "%2e%2E%2Fx"}),
    ],
)
@pytest.mark.fact("F3.2/1")
def test_the_most_specific_resource_answers(run, tree, method, target, resource, parameters):
    stage = run(tree)
    assert stage.send(method, target).status == 200
    assert stage.function.event["resource"] == resource
    assert stage.function.event["pathParameters"] == parameters


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/prod/nowhere"),
        ("DELETE", "/prod/items"),
        ("GET", "/prod/items/export"),  # a variable sibling is no fallback
        ("HEAD", "/prod/items"),
        ("GET", "/prod/part1"),  # a greedy variable does not match its parent
        ("GET", "/prod/part1/"),
        ("GET", "/prod/items//7"),
        ("GET", "/prod/Items"),
        ("TRACE", "/prod/any/x"),
        ("get", "/prod/items"),
    ],
)
@pytest.mark.fact("F3.1/1", "F3.1/2", "F3.2/3", "F3.2/7", "F7/9")
def test_unknown_paths_and_methods_are_one_and_the_same_403(run, tree, method, target):
    reply = run(tree).send(method, target)
    assert reply.status == 403
    assert reply.one("x-amzn-ErrorType") == "MissingAuthenticationTokenException"
    assert reply.body in (b'{"message":"Missing Authentication Token"}', b"")


@pytest.mark.parametrize(
    "target", ["/", "/other/items", "/prodx/items", "//", "/PROD/items", "/%70rod/items"]
)
@pytest.mark.fact("F3.1/4")
def test_an_unknown_or_missing_stage_is_forbidden(run, tree, target):
    reply = run(tree).get(target)
    assert (reply.status, reply.body) == (403, b'{"message":"Forbidden"}')
    assert reply.one("x-amzn-ErrorType") == "ForbiddenException"


def test_an_unknown_stage_answers_without_the_apis_customisation(run, documents):
    document = documents.one()
    document["x-amazon-apigateway-gateway-responses"] = {
        "DEFAULT_4XX": {
            "statusCode": "418",
            "responseParameters": {"gatewayresponse.header.x": "'y'"},
        }
    }
    reply = run(document).get("/nope/items")
    assert reply.status == 403
    assert reply.one("x") is None


@pytest.mark.fact("F3.2/2", "F7/9")
def test_a_method_missing_on_a_static_resource_falls_to_its_greedy_sibling(run, documents):
    document = documents.api(
        {
            "/test": {"post": documents.proxy()},
            "/{proxy+}": {"options": documents.preflight()},
        }
    )
    stage = run(document)
    assert stage.send("OPTIONS", "/prod/test").status == 200
    assert stage.send("GET", "/prod/test").status == 403
    assert stage.post("/prod/test", {}).status == 200


@pytest.mark.fact("F3.2/3")
def test_a_method_of_its_own_beats_any(run, documents):
    own = documents.proxy()
    catch_all = documents.preflight()
    stage = run(documents.api({"/x": {"get": own, "x-amazon-apigateway-any-method": catch_all}}))
    assert stage.get("/prod/x").body == b"ok"
    assert stage.send("DELETE", "/prod/x").body == b""


def test_the_method_override_header_replaces_the_method(run, tree):
    stage = run(tree)
    reply = stage.send(
        "POST", "/prod/items/7", headers=[("X-HTTP-Method-Override", "PUT")], body=b""
    )
    assert reply.status == 200
    assert stage.function.event["httpMethod"] == "PUT"
    assert stage.function.event["requestContext"]["httpMethod"] == "PUT"


@pytest.mark.fact("F3.1/3", "F4.3/8", "F7/6")
def test_an_unknown_route_with_a_bearer_token_is_an_incomplete_signature(run, documents):
    document = documents.one()
    document["x-amazon-apigateway-gateway-responses"] = {
        "DEFAULT_4XX": {"responseParameters": {"gatewayresponse.header.x-cors": "'*'"}}
    }
    reply = run(document).get("/prod/nowhere", ("Authorization", "Bearer x"))
    assert reply.status == 403
    assert reply.one("x-amzn-ErrorType") == "IncompleteSignatureException"
    assert reply.json()["message"] == (
        "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 "
        "and encoded with Base64): 'uTem/WB082UJMN2ajD6lH6UChGpTAddMJSx2iu923No='."
    )
    assert reply.one("x-cors") is None


def test_a_signed_request_to_an_unknown_route_has_no_token(run, tree):
    reply = run(tree).get("/prod/nowhere", ("Authorization", "AWS4-HMAC-SHA256 Credential=x"))
    assert reply.json() == {"message": "Missing Authentication Token"}


@pytest.mark.fact("F3.2/6")
def test_paths_can_be_matched_in_any_case_by_setting(run, tree):
    from openapi_first.stage.messages.settings import Settings

    stage = run(tree, settings=Settings(paths_case_sensitive=False))
    assert stage.get("/prod/ITEMS").status == 200


@pytest.mark.parametrize(
    ("target", "stage", "full", "path"),
    [
        ("/prod/items/", "prod", "/prod/items/", "/items/"),
        ("/prod//items", "prod", "/prod//items", "/items"),
        ("//prod/items", "prod", "/prod/items", "/items"),
        ("/prod/a//b", "prod", "/prod/a//b", "/a//b"),
        ("/prod", "prod", "/prod", "/"),
        ("/", "", "/", "/"),
    ],
)
def test_paths_are_cut_at_the_stage(target, stage, full, path):
    cut = split_stage(target)
    assert (cut.stage, cut.full, cut.in_stage) == (stage, full, path)
