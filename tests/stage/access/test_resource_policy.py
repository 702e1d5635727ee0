"""The resource policy a document brings with it."""

import pytest

from openapi_first.stage.api.rest_api import StageDocumentError
from openapi_first.stage.messages.settings import Settings

POLICY = "x-amazon-apigateway-policy"
ARN = "arn:aws:execute-api:us-east-1:********9012:local00000/prod/GET/items"


def statement(effect="Allow", resource="execute-api:/*", **more):
    whole = {"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke"}
    return {**whole, "Resource": resource, **more}


@pytest.fixture
def protected(run, documents):
    def start(*statements, context=None, **operation):
        document = documents.one(**operation)
        document[POLICY] = {"Version": "2012-10-17", "Statement": list(statements)}
        return run(document, settings=Settings(condition_keys=context or {}))

    return start


def test_what_the_policy_allows_is_served(protected):
    assert protected(statement()).get("/prod/items").status == 200


@pytest.mark.fact("F3.1/8")
def test_a_denied_request_is_told_by_whom_with_the_account_masked(protected):
    stage = protected(statement(), statement("Deny", "execute-api:/prod/GET/items"))
    reply = stage.get("/prod/items")
    assert (reply.status, reply.one("x-amzn-ErrorType")) == (403, "AccessDeniedException")
    assert reply.json() == {
        "Message": "User: anonymous is not authorized to perform: execute-api:Invoke on resource: "
        f"{ARN} with an explicit deny in a resource-based policy"
    }


@pytest.mark.parametrize(
    ("statements", "reason"),
    [
        ((statement("Deny"),), f"a statement of #/{POLICY} denies it"),
        ((statement(resource="execute-api:/x"),), f"no statement of #/{POLICY} allows it"),
    ],
    ids=["deny", "nothing"],
)
def test_the_log_says_that_the_policy_denied_a_request(protected, caplog, statements, reason):
    stage = protected(*statements)
    assert stage.get("/prod/items").status == 403
    assert stage.log[0].reason == reason
    assert f"GET /items: {reason}" in caplog.text


def test_what_no_statement_allows_is_denied_too(protected):
    for stage in (
        protected(statement(resource="execute-api:/prod/POST/*")),
        protected(statement(Principal={"AWS": "arn:aws:iam::111122223333:root"})),
        protected(statement(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
    ):
        reply = stage.get("/prod/items")
        assert reply.status == 403
        assert reply.json()["Message"].endswith(ARN)


@pytest.mark.parametrize(
    ("resource", "other"),
    [
        ("arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*", True),
        ("arn:aws:execute-api:eu-west-1:*:*/prod/*", True),
        ("arn:aws:execute-api:*:111122223333:*/prod/*", True),
        ("arn:aws:execute-api:us-east-1:123456789012:a1b2c3", True),
        ("arn:aws-cn:execute-api:*:*:*/*", True),
        ("arn:aws:execute-api:us-east-1:123456789012:local00000/prod/*", False),
        ("arn:aws:execute-api:*:*:local*/other/GET/a:b", False),
        ("arn:aws:execute-api:*:${aws:PrincipalAccount}:*", False),
        ("execute-api:/other/*", False),
        ("*", False),
    ],
)
def test_a_resource_of_another_api_is_reported(protected, resource, other):
    warnings = protected(statement(resource=resource)).stage.warnings
    about = [each for each in warnings if "is not of this stage's API" in each]
    assert len(about) == other
    assert all(resource in each and "execute-api:/*" in each for each in about)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"Fn::Sub": "execute-api:/*"}, "a function of CloudFormation, Fn::Sub, which has"),
        ({"Ref": "Resource"}, "a function of CloudFormation, Ref, which has"),
        (None, "null is neither"),
        (True, "true is neither"),
        ({"a": 1}, "an object is neither"),
    ],
    ids=["sub", "ref", "null", "true", "object"],
)
def test_a_resource_that_is_no_string_is_named_as_json_does(protected, value, words):
    with pytest.raises(StageDocumentError, match="Statement/0/Resource: ") as raised:
        protected(statement(resource=value))
    (problem,) = raised.value.problems
    assert words in problem


def test_the_callers_address_may_be_what_is_allowed(protected):
    condition = {"IpAddress": {"aws:SourceIp": ["127.0.0.1"]}}
    assert protected(statement(Condition=condition)).get("/prod/items").status == 200


def condition(operator, key, value):
    return statement(Condition={operator: {key: value}})


@pytest.mark.fact("F11/3")
@pytest.mark.parametrize(
    "allowed",
    [
        condition("Bool", "aws:SecureTransport", "true"),
        condition("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"),
        condition("NumericGreaterThan", "aws:EpochTime", 1_600_000_000),
        condition("DateGreaterThan", "aws:EpochTime", "2020-01-01"),
        condition("StringLike", "aws:Referer", "https://example.com/*"),
        condition("StringEquals", "AWS:useragent", "client"),
        condition("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"),
        condition("StringNotEquals", "aws:SourceVpce", "vpce-1"),
        condition("Null", "aws:SourceArn", "true"),
        condition("StringEqualsIfExists", "aws:SourceVpc", "vpc-1"),
    ],
    ids=lambda each: "-".join(each["Condition"]),
)
def test_a_request_has_the_condition_keys_that_aws_documents(protected, allowed):
    headers = ("Referer", "https://example.com/page"), ("User-Agent", "client")
    assert protected(allowed).get("/prod/items", *headers).status == 200


@pytest.mark.fact("F11/3")
def test_a_policy_for_a_vpc_endpoint_denies_who_does_not_come_through_it(protected):
    policy = (
        statement(),
        statement("Deny", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}),
    )
    assert protected(*policy).get("/prod/items").status == 403
    context = {"aws:sourcevpce": ("vpce-1",)}
    assert protected(*policy, context=context).get("/prod/items").status == 200
    context = {"aws:sourcevpce": ("vpce-2",)}
    assert protected(*policy, context=context).get("/prod/items").status == 403


def test_through_an_endpoint_the_address_is_that_of_the_vpc(protected):
    policy = (
        condition("IpAddress", "aws:SourceIp", "127.0.0.0/8"),
        condition("IpAddress", "aws:VpcSourceIp", "127.0.0.0/8") | {"Effect": "Deny"},
    )
    assert protected(*policy).get("/prod/items").status == 200
    context = {"aws:sourcevpc": ("vpc-1",)}
    reply = protected(*policy, context=context).get("/prod/items")
    assert reply.json()["Message"].endswith("an explicit deny in a resource-based policy")


def test_a_key_that_only_signed_requests_have_is_absent_from_others(protected):
    context = {"aws:principalorgid": ("o-1",)}
    policy = condition("StringEquals", "aws:PrincipalOrgID", "o-1")
    assert protected(policy, context=context).get("/prod/items").status == 403
    stage = protected(policy, context=context, **SIGNED)
    assert stage.get("/prod/items", SIGNATURE).status == 200


SIGNED = {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}
SIGNATURE = ("Authorization", "AWS4-HMAC-SHA256 Credential=x")
OTHER = "arn:aws:iam::999900001111:role/reader"


@pytest.mark.fact("F11/3/2")
@pytest.mark.parametrize(
    ("principal", "arn", "status"),
    [
        ({"AWS": OTHER}, OTHER, 200),
        ({"AWS": "999900001111"}, OTHER, 200),
        ({"AWS": ["arn:aws:iam::999900001111:root"]}, OTHER, 200),
        ({"AWS": "arn:aws:iam::999900001111:role/other"}, OTHER, 403),
        # In the account of the API, the identity's own policy is enough.
        ({"AWS": OTHER}, "arn:aws:iam::123456789012:user/me", 200),
        ({"AWS": OTHER}, None, 200),
    ],
)
def test_a_signed_caller_is_the_principal_of_the_context(protected, principal, arn, status):
    context = {} if arn is None else {"aws:principalarn": (arn,)}
    stage = protected(statement(Principal=principal), context=context, **SIGNED)
    assert stage.get("/prod/items", SIGNATURE).status == status
    assert stage.get("/prod/items").status == 403


def test_not_principal_is_everybody_else(protected):
    deny = statement("Deny")
    del deny["Principal"]
    context = {"aws:principalarn": (OTHER,)}
    for named, status in ((OTHER, 200), ("arn:aws:iam::999900001111:role/other", 403)):
        denied = {**deny, "NotPrincipal": {"AWS": named}}
        stage = protected(statement(), denied, context=context, **SIGNED)
        assert stage.get("/prod/items", SIGNATURE).status == status
    assert protected(statement(), {**deny, "NotPrincipal": "*"}).get("/prod/items").status == 200


def test_variables_stand_for_the_values_of_condition_keys(protected):
    stage = protected(statement(resource="execute-api:/prod/GET/${aws:UserAgent}"))
    assert stage.get("/prod/items", ("User-Agent", "items")).status == 200
    assert stage.get("/prod/items", ("User-Agent", "*")).status == 403


PRIVATE = {"vpcEndpointIds": ["vpce-1"]}


@pytest.mark.fact("F11/3/1")
def test_a_private_api_is_forbidden_to_who_comes_from_elsewhere(run, documents):
    document = documents.one()
    document[POLICY] = {"Statement": statement()}
    document["servers"] = [{"x-amazon-apigateway-endpoint-configuration": PRIVATE}]
    running = run(document)
    reply = running.get("/prod/items")
    assert (reply.status, reply.json()) == (403, {"message": "Forbidden"})
    assert any("--context aws:SourceVpce=vpce-1" in each for each in running.stage.warnings)
    settings = Settings(condition_keys={"aws:sourcevpce": ("vpce-7",)})
    assert run(document, settings=settings).get("/prod/items").status == 200
    del document[POLICY]
    assert any("does not deploy a private API" in each for each in run(document).stage.warnings)


def problems(run, documents, policy):
    document = documents.one()
    document[POLICY] = policy
    with pytest.raises(StageDocumentError) as caught:
        run(document)
    return caught.value.problems


def nested(depth):
    value = "x"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("everybody", "#/x-amazon-apigateway-policy: 'everybody' is not a policy"),
        ([], "an array is not a policy"),
        ({}, "/Statement: null is not a statement"),
        ({"Statement": ["x"]}, "/Statement/0: 'x' is not a statement"),
        ({"Statement": statement("allow")}, "/Statement/Effect: 'allow' is neither"),
        ({"Statement": {**statement(), "Ressource": "*"}}, "did you mean Resource?"),
        ({"Statement": {**statement(), "NotAction": "*"}}, "Action or NotAction; it has both"),
        ({"Statement": {"Effect": "Deny"}}, "Principal or NotPrincipal; it has neither"),
        ({"Statement": statement(resource=nested(300))}, "Resource: an array is neither a string"),
        ({"Version": "2012-10-18", "Statement": statement()}, "/Version: '2012-10-18' is neither"),
        ({"Statement": statement(Principal={"Aws": "*"})}, "did you mean AWS?"),
        ({"Statement": statement(Principal={"AWS": "arn:aws:iam::*:root"})}, "stand alone"),
        ({"Statement": statement(Principal=nested(300))}, 'must be "*" or an object'),
        ({"Statement": condition("IpAddress", "aws:SourceIp", "1.2.3")}, "aws:SourceIp: '1.2.3'"),
    ],
    ids=range(14),
)  # fmt: skip
def test_what_is_no_policy_is_a_problem_of_the_document(run, documents, policy, words):
    found = problems(run, documents, policy)
    assert any(words in each for each in found), found
    assert all(each.startswith("#/x-amazon-apigateway-policy") for each in found)


def test_ten_thousand_bad_statements_are_few_lines(run, documents):
    found = problems(run, documents, {"Statement": ["x"] * 10_000})
    assert len(found) == 21
    assert found[-1].endswith("9980 more problems, which are not listed")


def test_a_key_that_no_request_has_is_reported_unless_the_context_has_it(protected):
    policy = condition("StringNotEquals", "aws:SourceVpce", "vpce-1")
    (warning,) = protected(policy).stage.warnings
    assert warning == (
        f"#/{POLICY}: requests do not have the condition key aws:SourceVpce unless --context "
        "aws:SourceVpce=VALUE gives it"
    )
    assert protected(policy, context={"aws:sourcevpce": ("vpce-2",)}).stage.warnings == ()


def test_a_key_that_aws_does_not_list_is_reported(protected):
    (warning,) = protected(condition("StringEquals", "aws:SourceVpcs", "v")).stage.warnings
    assert "--context aws:sourcevpcs=VALUE gives it" in warning
    assert "did you mean aws:SourceVpc?" in warning
