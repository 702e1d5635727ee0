"""The short way to moto's DynamoDB answers as moto's own server does.

It relies on `DynamoHandler.dispatch` and `moto.core.request.Request`, which moto may change.
"""

import json

import pytest
from werkzeug.test import Client

from openapi_first.stage.dynamodb_server import application, whole_server

TABLE = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
KEY = {"id": {"S": "a"}}
CALLS = (
    ("CreateTable", TABLE),
    ("CreateTable", TABLE),  # exists
    ("PutItem", {"Item": {**KEY, "text": {"S": "ü\u2028"}}}),
    ("GetItem", {"Key": KEY}),
    ("PutItem", {"Item": KEY, "ConditionExpression": "attribute_not_exists(id)"}),
    ("Query", {"KeyConditionExpression": "nonsense"}),
    ("NoSuchOperation", {}),
    ("DeleteTable", {}),
    ("Scan", {}),  # no such table
)


def headers(service="dynamodb", target="DynamoDB_20120810.ListTables", region="eu-west-1"):
    scope = f"local/20261128/{region}/{service}/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    return {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": target,
        "Authorization": signed,
        "X-Recorded": "yes",  # not a call of the service
    }


@pytest.fixture(scope="module")
def short():
    return Client(application())


@pytest.fixture(scope="module")
def whole():
    return Client(whole_server())


def answered(client, table):
    answers = []
    for operation, arguments in CALLS:
        body = json.dumps({"TableName": table, **arguments})
        sent = headers(target=f"DynamoDB_20120810.{operation}")
        try:
            got = client.post("/", data=body, headers=sent)
        except Exception as error:  # werkzeug's server answers 500
            answers.append((operation, type(error)))
            continue
        names = {name.lower() for name, _ in got.headers} - {"access-control-allow-origin"}
        data = got.get_json(force=True)
        if "TableDescription" in data:
            data = data["TableDescription"].keys()
        answers.append((operation, got.status_code, names, got.headers["Content-Type"], data))
    return answers


def test_each_operation_is_answered_as_by_motos_own_server(short, whole):
    assert answered(short, "same") == answered(whole, "same")


def test_both_ways_have_the_same_tables_of_a_region(short, whole):
    sent = headers(target="DynamoDB_20120810.CreateTable")
    assert short.post("/", json={"TableName": "shared", **TABLE}, headers=sent).status_code == 200
    for region, tables in (("eu-west-1", ["shared"]), ("us-east-2", [])):
        for client in (short, whole):
            got = client.post("/", data="{}", headers=headers(region=region))
            assert got.get_json(force=True)["TableNames"] == tables


def test_what_is_no_operation_of_dynamodb_goes_to_motos_own_server(short):
    streams = headers(target="DynamoDBStreams_20120810.ListStreams")
    assert short.post("/", data="{}", headers=streams).get_json(force=True)["Streams"] == []
    browser = {**headers(), "Origin": "http://localhost:1"}
    assert short.post("/", data="{}", headers=browser).headers["Access-Control-Allow-Origin"]
    assert short.get("/moto-api/data.json").status_code == 200
