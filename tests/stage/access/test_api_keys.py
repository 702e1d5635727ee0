import pytest

from openapi_first.stage.access.api_keys import ApiKey

GOOD = ApiKey("k1", "0123456789abcdefghij")
OFF = ApiKey("k2", "abcdefghij0123456789", enabled=False)
SCHEMES = {
    "schemes": {"type": "apiKey", "name": "x-api-key", "in": "header"},
    "other": {"type": "apiKey", "name": "x-token", "in": "header"},
}


@pytest.fixture
def keyed(documents):
    document = documents.one(security=[{"schemes": []}])
    document["components"] = {"securitySchemes": SCHEMES}
    return document


@pytest.mark.parametrize("name", ["X-API-Key", "x-api-key", "X-Api-KEY"])
@pytest.mark.fact("F6/1", "F5.1/11")
def test_a_good_key_opens_the_method_whatever_the_headers_case(run, keyed, name):
    stage = run(keyed, api_keys=[GOOD, OFF])
    assert stage.get("/prod/items", (name, GOOD.value)).status == 200
    identity = stage.function.event["requestContext"]["identity"]
    assert (identity["apiKey"], identity["apiKeyId"]) == (GOOD.value, "k1")


@pytest.mark.parametrize(
    "headers", [[], [("x-api-key", "wrong" * 5)], [("x-api-key", OFF.value)], [("x-api-key", "")]]
)
@pytest.mark.fact("F3.1/6", "F6/13")
def test_missing_wrong_and_disabled_keys_are_forbidden(run, keyed, headers):
    reply = run(keyed, api_keys=[GOOD, OFF]).get("/prod/items", *headers)
    assert (reply.status, reply.body) == (403, b'{"message":"Forbidden"}')
    assert reply.one("x-amzn-ErrorType") == "ForbiddenException"


def test_the_forbidden_answer_is_the_invalid_api_key_response(run, keyed):
    keyed["x-amazon-apigateway-gateway-responses"] = {"INVALID_API_KEY": {"statusCode": "401"}}
    stage = run(keyed)
    assert stage.get("/prod/items").status == 401
    assert stage.log[0].answered_by == "INVALID_API_KEY"


def test_root_level_security_asks_for_no_key(run, documents):
    document = documents.one()
    document["components"] = {"securitySchemes": SCHEMES}
    document["security"] = [{"schemes": []}]
    stage = run(document)
    assert stage.get("/prod/items", ("x-api-key", GOOD.value)).status == 200
    assert "apiKey" not in stage.function.event["requestContext"]["identity"]


def test_an_api_key_scheme_of_another_name_asks_for_no_key(run, documents):
    document = documents.one(security=[{"other": []}])
    document["components"] = {"securitySchemes": SCHEMES}
    assert run(document).get("/prod/items").status == 200


@pytest.mark.fact("F2.4/1", "F2.4/4")
def test_a_key_is_checked_before_anything_is_validated(run, documents):
    document = documents.validated(schema={"type": "object"})
    document["paths"]["/items"]["post"]["security"] = [{"schemes": []}]
    document["components"]["securitySchemes"] = SCHEMES
    assert run(document).post("/prod/items", b"").status == 403


@pytest.mark.parametrize("value", ["short", "x" * 129])
@pytest.mark.fact("F6/2")
def test_a_key_has_20_to_128_characters(value):
    with pytest.raises(ValueError, match="20 to 128"):
        ApiKey("k", value)


def test_two_keys_cannot_share_a_value(run, keyed):
    with pytest.raises(ValueError, match="value of another key"):
        run(keyed, api_keys=[GOOD, ApiKey("k9", GOOD.value)])


def test_the_value_of_a_key_stays_out_of_its_repr():
    assert GOOD.value not in repr(GOOD)
