"""The resource policy a document brings with it."""

import pytest

from openapi_first.stage.api.rest_api import StageDocumentError

ARN = "arn:aws:execute-api:us-east-1:********9012:local00000/prod/GET/items"


def statement(effect="Allow", resource="execute-api:/*", **more):
    whole = {"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke"}
    return {**whole, "Resource": resource, **more}


@pytest.fixture
def protected(run, documents):
    def start(*statements, **operation):
        document = documents.one(**operation)
        document["x-amazon-apigateway-policy"] = {"Statement": list(statements)}
        return run(document)

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


def test_what_no_statement_allows_is_denied_too(protected):
    for stage in (
        protected(statement(resource="execute-api:/prod/POST/*")),
        protected(statement(Principal={"AWS": "arn:aws:iam::1:root"})),
        protected(statement(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
    ):
        reply = stage.get("/prod/items")
        assert reply.status == 403
        assert reply.json()["Message"].endswith(ARN)


def test_the_callers_address_may_be_what_is_allowed(protected):
    condition = {"IpAddress": {"aws:SourceIp": ["127.0.0.1"]}}
    assert protected(statement(Condition=condition)).get("/prod/items").status == 200


def test_a_condition_the_stage_does_not_know_is_a_500_and_explained(protected, caplog):
    stage = protected(statement(Condition={"Bool": {"aws:SecureTransport": "true"}}))
    assert stage.get("/prod/items").status == 500
    assert "does not evaluate the condition operator 'Bool'" in caplog.text


def test_a_policy_that_is_none_is_a_problem(run, documents):
    document = documents.one()
    document["x-amazon-apigateway-policy"] = "everybody"
    with pytest.raises(StageDocumentError, match="x-amazon-apigateway-policy: must be an object"):
        run(document)
