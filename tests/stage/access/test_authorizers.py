"""Lambda authorizers and user pools, over a socket; real processes where a function is asked."""

import json
import time

import jwt
import pytest

from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.access.tokens import KeySet, KeySetError, make_key_set
from openapi_first.stage.api.rest_api import StageDocumentError
from openapi_first.stage.app import Stage
from openapi_first.stage.functions.pool import FunctionEnvironments
from openapi_first.stage.messages.invoker import InvocationResult, InvokerError
from openapi_first.stage.messages.settings import Settings

URI = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:us-east-1:123456789012:function:guard:live/invocations"
)
POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbC"
ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC"
UNAUTHORIZED = (401, b'{"message":"Unauthorized"}', "UnauthorizedException")
KEY = ApiKey("alice", "alices-key-of-20-characters")


def policy(effect="Allow", resource="*", **more):
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def grant(effect="Allow", resource="*", **more):
    return {"principalId": "me", "policyDocument": policy(effect, resource), **more}


class Guard:
    """An authorizer function that answers what it is told to."""

    def __init__(self, reply, error=False):
        self.reply, self.error, self.events = reply, error, []

    async def invoke(self, event):
        self.events.append(json.loads(event))
        if isinstance(self.reply, Exception):
            raise self.reply
        payload = self.reply if isinstance(self.reply, bytes) else json.dumps(self.reply).encode()
        return InvocationResult(payload, self.error)


def scheme(kind="token", *, header="Authorization", **more):
    extension = {"type": kind, **more}
    if kind in ("token", "request"):
        extension.setdefault("authorizerUri", URI)
    return {
        "type": "apiKey",
        "name": header,
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": extension,
    }


@pytest.fixture
def guarded(run, documents):
    def start(guard, *, scopes=(), paths=("/items/{id}",), root=None, keyed=False, **options):
        security = [{"guard": list(scopes)}] + ([{"key": []}] if keyed else [])
        key = {"type": "apiKey", "name": "x-api-key", "in": "header"}
        operation = documents.proxy(security=security)
        document = documents.api(
            {path: {"get": operation, "post": operation} for path in paths},
            components={"securitySchemes": {"guard": options.pop("scheme", scheme()), "key": key}},
            **(root or {}),
        )
        functions = {"guard": guard} if guard is not None else {}
        stage = run(document, functions=functions, **options)
        stage.guard = guard
        return stage

    return start


def told(reply):
    return reply.status, reply.body, reply.one("x-amzn-ErrorType")


@pytest.mark.fact("F5.1/11")
def test_a_token_authorizer_is_asked_with_token_and_method_arn_and_its_grant_passed_on(guarded):
    stage = guarded(Guard(grant(context={"text": "a", "number": 1, "flag": True})))
    assert stage.get("/prod/items/7", ("Authorization", "secret")).status == 200
    assert stage.guard.events == [
        {
            "type": "TOKEN",
            "methodArn": "arn:aws:execute-api:us-east-1:123456789012:local00000/prod/GET/items/7",
            "authorizationToken": "secret",
        }
    ]
    context = stage.function.event["requestContext"]["authorizer"]
    latency = context.pop("integrationLatency")
    assert isinstance(latency, int)
    assert context == {"principalId": "me", "text": "a", "number": "1", "flag": "true"}


@pytest.mark.fact("F3.1/9")
def test_without_a_token_nobody_is_asked(guarded):
    stage = guarded(Guard(grant()))
    assert told(stage.get("/prod/items/7")) == UNAUTHORIZED
    assert told(stage.get("/prod/items/7", ("Authorization", ""))) == UNAUTHORIZED
    assert stage.guard.events == []
    assert stage.log[0].answered_by == "UNAUTHORIZED"


def test_a_token_that_is_none_by_its_expression_is_not_shown_to_the_function(guarded):
    stage = guarded(Guard(grant()), scheme=scheme(identityValidationExpression="^x-[a-z]+"))
    assert told(stage.get("/prod/items/7", ("Authorization", "y"))) == UNAUTHORIZED
    assert stage.guard.events == []
    assert stage.get("/prod/items/7", ("Authorization", "x-y")).status == 200


@pytest.mark.fact("F3.1/9")
def test_a_function_that_says_unauthorized_gives_a_401(guarded):
    stage = guarded(Guard({"errorMessage": "Unauthorized"}, error=True))
    assert told(stage.get("/prod/items/7", ("Authorization", "t"))) == UNAUTHORIZED


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (grant("Deny"), Settings().explicit_deny_text),
        (grant("Allow", "arn:aws:execute-api:*/POST/*"), "User is not authorized to access this"),
    ],
)
@pytest.mark.fact("F3.1/10")
def test_a_policy_that_does_not_allow_the_method_gives_a_403(guarded, reply, words):
    stage = guarded(Guard(reply))
    answer = stage.get("/prod/items/7", ("Authorization", "t"))
    assert (answer.status, answer.one("x-amzn-ErrorType")) == (403, "AccessDeniedException")
    assert answer.json()["Message"].startswith(words)
    assert stage.log[0].answered_by == "ACCESS_DENIED"


@pytest.mark.parametrize(
    "reply",
    [
        {},
        "Unauthorized",
        [],
        b"not json",
        {"principalId": "me"},
        {"policyDocument": policy()},
        grant(context={"list": [1]}),
        grant("Maybe"),
        {"principalId": "me", "policyDocument": {"Statement": ["x"]}},
        {"principalId": "me", "policyDocument": policy(Condition={"Bool": {"a": "b"}})},
        {"principalId": "me", "policyDocument": {"Statement": {"Effect": "Allow"}}},
    ],
)
@pytest.mark.fact("F3.1/11")
def test_a_function_that_returns_no_policy_gives_a_500_with_a_null_message(guarded, reply):
    stage = guarded(Guard(reply))
    answer = stage.get("/prod/items/7", ("Authorization", "t"))
    assert told(answer) == (500, b'{"message":null}', "AuthorizerConfigurationException")
    assert stage.log[0].answered_by == "AUTHORIZER_FAILURE"


def test_a_function_that_raises_gives_a_500(guarded):
    stage = guarded(Guard({"errorMessage": "boom"}, error=True))
    assert stage.get("/prod/items/7", ("Authorization", "t")).status == 500


@pytest.mark.parametrize("guard", [None, Guard(InvokerError("gone"))])
def test_a_function_that_cannot_be_asked_gives_a_500_and_the_log_says_how_to_name_one(
    guarded, guard, caplog
):
    stage = guarded(guard)
    assert stage.get("/prod/items/7", ("Authorization", "t")).status == 500
    assert stage.log[0].answered_by == "AUTHORIZER_CONFIGURATION_ERROR"
    assert ("--function guard=" in caplog.text) == (guard is None)


def test_an_answer_is_remembered_by_its_identity_and_judged_for_each_method(guarded):
    allow = "arn:aws:execute-api:us-east-1:123456789012:local00000/prod/GET/*"
    stage = guarded(Guard(grant(resource=[allow])))
    assert stage.get("/prod/items/7", ("Authorization", "t")).status == 200
    assert stage.get("/prod/items/8", ("Authorization", "t")).status == 200
    assert stage.post("/prod/items/8", {}, ("Authorization", "t")).status == 403
    assert len(stage.guard.events) == 1
    assert stage.get("/prod/items/7", ("Authorization", "u")).status == 200
    assert len(stage.guard.events) == 2


def test_an_answer_is_forgotten_after_its_time_and_on_a_new_document(guarded):
    now = [1000.0]
    stage = guarded(
        Guard(grant()),
        scheme=scheme(authorizerResultTtlInSeconds=60),
        clock=lambda: now[0],
    )
    for at, asked in ((1000, 1), (1059, 1), (1060, 2)):
        now[0] = at
        stage.get("/prod/items/7", ("Authorization", "t"))
        assert len(stage.guard.events) == asked


def test_nothing_is_remembered_with_a_ttl_of_zero(guarded):
    stage = guarded(Guard(grant()), scheme=scheme(authorizerResultTtlInSeconds=0))
    for _ in range(2):
        stage.get("/prod/items/7", ("Authorization", "t"))
    assert len(stage.guard.events) == 2


REQUEST = scheme(
    "request",
    header="Unused",
    identitySource="method.request.header.Auth, method.request.querystring.q, stageVariables.v",
)


def test_a_request_authorizer_sees_the_request_without_its_body(guarded):
    stage = guarded(Guard(grant()), scheme=REQUEST, stage_variables={"v": "1"})
    assert stage.post("/prod/items/7?q=a&q=b", {"x": 1}, ("auth", "t")).status == 200
    (event,) = stage.guard.events
    assert event["type"] == "REQUEST"
    assert event["methodArn"].endswith("/prod/POST/items/7")
    assert (event["resource"], event["path"]) == ("/items/{id}", "/items/7")
    assert event["headers"]["auth"] == "t"
    assert event["queryStringParameters"] == {"q": "b"}
    assert event["multiValueQueryStringParameters"] == {"q": ["a", "b"]}
    assert event["pathParameters"] == {"id": "7"}
    assert event["stageVariables"] == {"v": "1"}
    assert event["requestContext"]["resourcePath"] == "/items/{id}"
    assert "body" not in event
    assert "authorizer" not in event["requestContext"]


def test_a_request_authorizer_with_caching_needs_every_identity_source(guarded):
    stage = guarded(Guard(grant()), scheme=REQUEST, stage_variables={"v": "1"})
    assert told(stage.get("/prod/items/7?q=a")) == UNAUTHORIZED
    assert told(stage.get("/prod/items/7", ("Auth", "t"))) == UNAUTHORIZED
    assert stage.guard.events == []


def test_a_request_authorizer_without_caching_is_asked_whatever_is_missing(guarded):
    extension = REQUEST["x-amazon-apigateway-authorizer"]
    uncached = scheme(**{**extension, "kind": "request", "authorizerResultTtlInSeconds": 0})
    stage = guarded(Guard(grant("Deny")), scheme=uncached)
    assert stage.get("/prod/items/7").status == 403
    assert stage.guard.events[0]["queryStringParameters"] == {}


@pytest.mark.fact("F2.4/1", "F2.4/4")
def test_who_is_not_authorized_is_not_asked_for_a_key(guarded):
    stage = guarded(Guard(grant()), keyed=True, api_keys=[KEY])
    assert stage.get("/prod/items/7").status == 401
    assert stage.get("/prod/items/7", ("Authorization", "t")).status == 403
    headers = [("Authorization", "t"), ("x-api-key", KEY.value)]
    assert stage.get("/prod/items/7", *headers).status == 200


@pytest.mark.fact("F6/1")
def test_an_authorizer_may_be_the_source_of_the_key(guarded):
    root = {"x-amazon-apigateway-api-key-source": "AUTHORIZER"}
    options = {"keyed": True, "api_keys": [KEY], "root": root}
    stage = guarded(Guard(grant(usageIdentifierKey=KEY.value)), **options)
    assert stage.get("/prod/items/7", ("Authorization", "t")).status == 200
    assert stage.function.event["requestContext"]["identity"]["apiKeyId"] == "alice"
    stage = guarded(Guard(grant()), **options)
    headers = [("Authorization", "t"), ("x-api-key", KEY.value)]
    assert stage.get("/prod/items/7", *headers).status == 403


def test_a_gateway_response_sees_what_the_authorizer_said(guarded):
    template = '{"who":"$context.authorizer.principalId","text":"$context.authorizer.text"}'
    own = {"INVALID_API_KEY": {"responseTemplates": {"application/json": template}}}
    stage = guarded(
        Guard(grant(context={"text": "hello"})),
        keyed=True,
        root={"x-amazon-apigateway-gateway-responses": own},
    )
    answer = stage.get("/prod/items/7", ("Authorization", "t"))
    assert answer.json() == {"who": "me", "text": "hello"}


def test_a_path_that_makes_the_arn_too_long_is_a_414(guarded):
    answer = guarded(Guard(grant())).get("/prod/items/" + "x" * 1600, ("Authorization", "t"))
    assert (answer.status, answer.json()["message"]) == (414, "Request URI too long")


def test_a_condition_on_the_callers_address_is_evaluated(guarded):
    for network, status in (("127.0.0.0/8", 200), ("10.0.0.0/8", 403)):
        allowed = policy(Condition={"IpAddress": {"aws:SourceIp": [network]}})
        stage = guarded(Guard({"principalId": "me", "policyDocument": allowed}))
        assert stage.get("/prod/items/7", ("Authorization", "t")).status == status


def test_a_real_function_in_processes_of_its_own_authorizes(run, documents, configure, server):
    environments = FunctionEnvironments(configure("handlers.authorize"), concurrency=1)
    server.run(environments.start())
    try:
        document = documents.one(security=[{"guard": []}])
        document["components"] = {"securitySchemes": {"guard": scheme()}}
        stage = run(document, functions={"guard": environments})
        found = [
            stage.get("/prod/items", ("Authorization", token)).status
            for token in ("allow", "deny", "unauthorized", "anything")
        ]
        assert found == [200, 403, 401, 500]
    finally:
        server.run(environments.stop())


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "jwks.json"
    make_key_set(path)
    return path


def pool_scheme(**more):
    return scheme("cognito_user_pools", providerARNs=[POOL], **more)


@pytest.fixture
def pooled(guarded, keys):
    def start(**options):
        options.setdefault("scheme", pool_scheme())
        options.setdefault("key_set", KeySet(keys))
        return guarded(None, **options)

    return start


def token(keys, issuer=ISSUER, seconds=60, **claims):
    claims.setdefault("token_use", "id")
    return KeySet(keys).mint({"sub": "me", **claims}, issuer=issuer, seconds=seconds)


@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_an_identity_token_of_the_pool_opens_and_its_claims_are_passed_on(pooled, keys, prefix):
    stage = pooled()
    sent = prefix + token(keys, aud="client", **{"cognito:groups": ["a", "b"], "admin": True})
    assert stage.get("/prod/items/7", ("Authorization", sent)).status == 200
    claims = stage.function.event["requestContext"]["authorizer"]["claims"]
    assert claims["sub"] == "me"
    assert claims["cognito:groups"] == "a,b"
    assert claims["admin"] == "true"
    assert claims["exp"].isdigit()


def test_a_bearer_prefix_is_refused_if_so_set(pooled, keys):
    stage = pooled(settings=Settings(bearer_prefix_accepted=False))
    sent = ("Authorization", f"Bearer {token(keys)}")
    assert told(stage.get("/prod/items/7", sent)) == UNAUTHORIZED


@pytest.mark.parametrize(
    "made",
    [
        lambda keys: "nonsense",
        lambda keys: "a.b.c",
        lambda keys: token(keys)[:-8] + "AAAAAAAA",
        lambda keys: token(keys, issuer=ISSUER + "x"),
        lambda keys: token(keys, token_use="access"),
        lambda keys: token(keys, nbf=int(time.time()) + 60),
        lambda keys: token(keys, nbf="soon"),
        lambda keys: jwt.encode({"iss": ISSUER, "exp": 9e9}, "s" * 32, headers={"kid": "x"}),
        lambda keys: jwt.encode({"iss": ISSUER, "exp": 9e9, "token_use": "id"}, "", "none"),
    ],
)
def test_a_token_that_is_not_the_pools_is_unauthorized(pooled, keys, made):
    assert told(pooled().get("/prod/items/7", ("Authorization", made(keys)))) == UNAUTHORIZED


def test_a_token_signed_by_the_public_key_as_a_secret_is_unauthorized(pooled, keys):
    public = json.loads(keys.read_text())["keys"][0]
    claims = {"iss": ISSUER, "exp": 9e9, "token_use": "id"}
    forged = jwt.encode(claims, public["n"], "HS256", headers={"kid": public["kid"]})
    assert told(pooled().get("/prod/items/7", ("Authorization", forged))) == UNAUTHORIZED


def test_an_expired_token_is_told_so(pooled, keys):
    sent = ("Authorization", token(keys, seconds=-1))
    answer = pooled().get("/prod/items/7", sent)
    assert (answer.status, answer.json()["message"]) == (401, "The incoming token has expired")
    stage = pooled(settings=Settings(expired_token_unauthorized=False))
    assert stage.get("/prod/items/7", sent).status == 403
    assert stage.log[0].answered_by == "EXPIRED_TOKEN"


def test_scopes_ask_for_an_access_token_with_one_of_them(pooled, keys):
    stage = pooled(scopes=["api/read", "api/write"])
    for claims, status in (
        ({"token_use": "access", "scope": "openid api/write"}, 200),
        ({"token_use": "access", "scope": "openid"}, 401),
        ({"token_use": "access"}, 401),
        ({"token_use": "id", "scope": "api/read"}, 401),
    ):
        sent = ("Authorization", token(keys, **claims))
        assert stage.get("/prod/items/7", sent).status == status, claims


def test_the_pools_expression_is_about_the_audience(pooled, keys):
    stage = pooled(scheme=pool_scheme(identityValidationExpression="client-[0-9]+"))
    assert stage.get("/prod/items/7", ("Authorization", token(keys, aud="client-1"))).status == 200
    assert stage.get("/prod/items/7", ("Authorization", token(keys, aud="other"))).status == 401


def test_a_jwt_authorizer_checks_issuer_and_audience(pooled, keys):
    configuration = {"issuer": "https://id.example", "audience": ["a", "b"]}
    declared = scheme(
        "jwt", jwtConfiguration=configuration, identitySource="$request.header.Authorization"
    )
    stage = pooled(scheme=declared)
    for claims, status in (
        ({"aud": "b"}, 200),
        ({"aud": ["x", "a"]}, 200),
        ({"client_id": "a"}, 200),
        ({"aud": "c"}, 401),
        ({}, 401),
    ):
        sent = token(keys, issuer="https://id.example", **claims)
        answer = stage.get("/prod/items/7", ("Authorization", f"Bearer {sent}"))
        assert answer.status == status, claims


def test_without_keys_the_log_says_how_to_name_some(pooled, keys, caplog):
    stage = pooled(key_set=None)
    answer = stage.get("/prod/items/7", ("Authorization", token(keys)))
    assert told(answer) == (500, b'{"message":null}', "AuthorizerConfigurationException")
    assert "--jwks FILE" in caplog.text


@pytest.mark.fact("F5.1/9")
def test_a_method_of_aws_iam_asks_for_a_signature_and_the_function_never_sees_it(run, documents):
    document = documents.one()
    document["paths"]["/items"]["get"]["x-amazon-apigateway-auth"] = {"type": "AWS_IAM"}
    stage = run(document)
    assert "not verified" in stage.stage.warnings[0]
    assert stage.get("/prod/items").json() == {"message": "Missing Authentication Token"}
    answer = stage.get("/prod/items", ("Authorization", "Bearer x"))
    assert answer.one("x-amzn-ErrorType") == "IncompleteSignatureException"
    assert stage.get("/prod/items", ("Authorization", "AWS4-HMAC-SHA256 x=y")).status == 200
    assert "Authorization" not in stage.function.event["headers"]


def test_a_key_set_is_private_to_its_owner(keys):
    assert keys.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"keys": [1]}',
        '{"keys": [{"kid": "a"}]}',
        '{"keys": [{"kid": "a", "kty": "oct", "k": "c2VjcmV0"}]}',
    ],
)
def test_a_file_that_is_no_key_set_is_named(tmp_path, content):
    path = tmp_path / "jwks.json"
    path.write_text(content)
    with pytest.raises(KeySetError, match=r"jwks\.json"):
        KeySet(path)


def test_a_missing_key_set_says_what_makes_one(tmp_path):
    with pytest.raises(KeySetError, match="contract token --jwks"):
        KeySet(tmp_path / "none.json")


def test_a_public_key_set_verifies_and_cannot_sign(keys, tmp_path):
    key = json.loads(keys.read_text())["keys"][0]
    public = {name: value for name, value in key.items() if name in ("kty", "n", "e", "kid", "alg")}
    path = tmp_path / "public.json"
    path.write_text(json.dumps({"keys": [public]}))
    assert KeySet(path).verify(token(keys), [ISSUER], now=time.time())["sub"] == "me"
    with pytest.raises(KeySetError, match="no private key"):
        KeySet(path).mint({}, issuer="x", seconds=1)


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        (scheme("basic"), "must be one of token, request, cognito_user_pools, jwt"),
        (scheme(authorizerUri=""), "needs an authorizerUri"),
        (scheme("cognito_user_pools"), "needs providerARNs"),
        (scheme("cognito_user_pools", providerARNs=["x"]), "not the ARN of a user pool"),
        (scheme("jwt"), "needs an issuer"),
        (scheme(authorizerResultTtlInSeconds=4000), "from 0 to 3600"),
        (scheme(identityValidationExpression="("), "cannot be compiled"),
        (scheme("request", identitySource="body.x"), "is not a header, query parameter"),
    ],
)
def test_an_authorizer_that_cannot_be_is_refused_with_its_place(documents, fake, declared, words):
    document = documents.one(security=[{"guard": []}])
    document["components"] = {"securitySchemes": {"guard": declared}}
    with pytest.raises(StageDocumentError, match=words) as caught:
        Stage(document, invoker=fake())
    assert "#/components/securitySchemes/guard" in str(caught.value)
