"""What a resource policy and an authorizer decide together (AWS: apigateway-authorization-flow)."""

import json

import pytest

from openapi_first.stage.access.tokens import KeySet, make_key_set
from openapi_first.stage.messages.invoker import InvocationResult

URI = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:us-east-1:123456789012:function:guard/invocations"
)
POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbC"
ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC"
TEMPLATE = '{"who":"$context.authorizer.principalId","why":"$context.authorizer.why"}'


class Guard:
    def __init__(self, effect, **statement):
        self.called = 0
        allow = {"Effect": effect, "Action": "*", "Resource": "*", **statement}
        policy = {"Version": "2012-10-17", "Statement": [allow] if effect else []}
        self.reply = {"principalId": "me", "policyDocument": policy, "context": {"why": "late"}}

    async def invoke(self, event):
        self.called += 1
        return InvocationResult(json.dumps(self.reply).encode(), False)


@pytest.fixture
def guarded(run, documents):
    def start(guard, *statements, key_set=None, **root):
        kind = {"type": "token", "authorizerUri": URI}
        if guard is None:
            kind = {"type": "cognito_user_pools", "providerARNs": [POOL]}
        scheme = {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": kind,
        }
        document = documents.api(
            {"/items": {"get": documents.proxy(security=[{"guard": []}])}},
            components={"securitySchemes": {"guard": scheme}},
            **root,
        )
        if statements:
            document["x-amazon-apigateway-policy"] = {"Statement": list(statements)}
        functions = {"guard": guard} if guard is not None else {}
        return run(document, functions=functions, key_set=key_set)

    return start


def statement(effect, **more):
    return {"Effect": effect, "Principal": "*", "Action": "*", "Resource": "*", **more}


NOWHERE = {"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}
RESOURCE = {
    "allow": statement("Allow"),
    "silent": statement("Allow", **NOWHERE),
    "deny": statement("Deny"),
}


@pytest.mark.fact("F11/3/2")
@pytest.mark.parametrize("resource", RESOURCE)
@pytest.mark.parametrize("effect", ["Allow", "Deny", None])
def test_one_allow_of_policy_or_authorizer_is_enough_without_a_deny(guarded, resource, effect):
    guard = Guard(effect)
    reply = guarded(guard, RESOURCE[resource]).get("/prod/items", ("Authorization", "x"))
    denied = resource == "deny" or effect == "Deny"
    allowed = resource == "allow" or effect == "Allow"
    assert reply.status == (200 if allowed and not denied else 403)
    assert guard.called == (resource != "deny")


@pytest.mark.fact("F11/3/2")
@pytest.mark.parametrize("resource", RESOURCE)
def test_the_owner_of_a_token_needs_the_allow_of_the_policy_too(guarded, tmp_path, resource):
    make_key_set(tmp_path / "keys.json")
    keys = KeySet(tmp_path / "keys.json")
    stage = guarded(None, RESOURCE[resource], key_set=keys)
    token = keys.mint({"sub": "me", "token_use": "id", "aud": "c"}, issuer=ISSUER, seconds=60)
    assert stage.get("/prod/items").status == 401
    status = stage.get("/prod/items", ("Authorization", token)).status
    assert status == (200 if resource == "allow" else 403)


@pytest.mark.fact("F3.1/10")
def test_a_deny_says_where_it_was_found(guarded):
    reply = guarded(Guard("Deny")).get("/prod/items", ("Authorization", "x"))
    assert reply.json() == {
        "Message": "User is not authorized to access this resource with an explicit deny in an "
        "identity-based policy"
    }


@pytest.mark.fact("F4.3/10")
@pytest.mark.parametrize("effect", ["Deny", None])
def test_a_gateway_response_has_what_the_authorizer_returned_with_its_deny(guarded, effect):
    responses = {"ACCESS_DENIED": {"responseTemplates": {"application/json": TEMPLATE}}}
    stage = guarded(Guard(effect), **{"x-amazon-apigateway-gateway-responses": responses})
    reply = stage.get("/prod/items", ("Authorization", "x"))
    assert (reply.status, reply.json()) == (403, {"who": "me", "why": "late"})


def test_an_authorizers_policy_has_conditions_and_variables(guarded):
    allowed = Guard("Allow", Condition={"DateGreaterThan": {"aws:CurrentTime": "2020-01-01"}})
    assert guarded(allowed).get("/prod/items", ("Authorization", "x")).status == 200
    variable = Guard("Allow", Resource="*/${aws:UserAgent}")
    stage = guarded(variable)
    sent = ("Authorization", "x")
    assert stage.get("/prod/items", sent, ("User-Agent", "items")).status == 200
    assert stage.get("/prod/items", sent, ("User-Agent", "other")).status == 403


@pytest.mark.parametrize(
    "condition",
    [{"IpAddress": {"aws:SourceIp": "1.2"}}, {"Bools": {"a": "true"}}, {"DateEquals": {"a": "x"}}],
    ids=["ip", "operator", "date"],
)
def test_a_policy_that_iam_would_refuse_is_an_error_of_the_authorizer(guarded, condition, caplog):
    reply = guarded(Guard("Allow", Condition=condition)).get("/prod/items", ("Authorization", "x"))
    assert (reply.status, reply.json()) == (500, {"message": None})
    assert "policyDocument is not a policy: /Statement/0/Condition/" in caplog.text
