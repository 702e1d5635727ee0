"""The tables of a template are there when its functions start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest

from openapi_first.serving.functions.tables import create_tables
from openapi_first.templates.model import DeclaredTable


def table(name: str, **properties: object) -> DeclaredTable:
    """As CloudFormation's resource writes it, numbers as parameters give them."""
    return DeclaredTable(
        logical_id=f"{name}Table",
        name=name,
        pointer=f"template.yaml#/Resources/{name}Table",
        parameters={
            "AttributeDefinitions": [
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "by", "AttributeType": "N"},
            ],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "other",
                    "KeySchema": [{"AttributeName": "by", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                    "ContributorInsightsSpecification": {"Enabled": True},
                    "ProvisionedThroughput": {"ReadCapacityUnits": "5", "WriteCapacityUnits": 5.0},
                }
            ],
            "ProvisionedThroughput": {"ReadCapacityUnits": "5", "WriteCapacityUnits": "5"},
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": "true"},
            "SSESpecification": {"SSEEnabled": "true"},
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
            "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": "true"},
            "Tags": [{"Key": "year", "Value": 2026}],
            "DeletionProtectionEnabled": "false",
            **properties,
        },
    )


@pytest.fixture(scope="module")
def client(database: str) -> Any:
    return boto3.client(
        "dynamodb",
        endpoint_url=database,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def test_a_table_has_all_that_the_template_declares(database: str, client: Any) -> None:
    assert create_tables([table("declared")], database).names == ("declared",)
    found = client.describe_table(TableName="declared")["Table"]
    assert found["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    assert found["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    ttl = client.describe_time_to_live(TableName="declared")["TimeToLiveDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expires")


def test_a_table_that_exists_stays_with_its_items(database: str, client: Any) -> None:
    create_tables([table("stays")], database)
    client.put_item(TableName="stays", Item={"id": {"S": "1"}})
    again = create_tables([table("stays"), table("new")], database)
    assert (again.names, again.notes) == (("new",), ())
    assert client.get_item(TableName="stays", Key={"id": {"S": "1"}})["Item"]


def test_a_table_without_capacity_is_billed_by_request(database: str, client: Any) -> None:
    given = table("simple", GlobalSecondaryIndexes=None, ProvisionedThroughput=None)
    key = [{"AttributeName": "id", "AttributeType": "S"}]
    parameters = {**given.parameters, "AttributeDefinitions": key}
    del parameters["ProvisionedThroughput"]
    simple = DeclaredTable(logical_id="T", name="simple", parameters=parameters)
    assert create_tables([simple], database).notes == ()
    assert client.describe_table(TableName="simple")["Table"]["BillingModeSummary"]


def test_a_table_that_cannot_be_created_is_reported_and_the_others_are(database: str) -> None:
    wrong = table("wrong", KeySchema=[{"AttributeName": "absent", "KeyType": "HASH"}])
    shape = table("shape", KeySchema="id")
    number = table("number", ProvisionedThroughput={"ReadCapacityUnits": "many"})
    made = create_tables([wrong, shape, number, table("right")], database)
    assert made.names == ("right",)
    assert made.failed == ("wrong", "shape", "number")
    assert len(made.notes) == 3
    for name, note in zip(("wrong", "shape", "number"), made.notes, strict=True):
        assert note.startswith(
            f"template.yaml#/Resources/{name}Table: the table {name}Table is not"
        )


def test_the_profile_and_the_proxy_of_the_shell_do_not_matter(
    database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "config"
    broken.write_text("[profile")
    monkeypatch.setenv("AWS_PROFILE", "not-there")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(broken))
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert create_tables([table("profile")], database).names == ("profile",)


def test_a_database_that_does_not_answer_is_reported() -> None:
    made = create_tables([table("none")], "http://127.0.0.1:9")
    assert made.names == ()
    assert "Could not connect" in made.notes[0]
