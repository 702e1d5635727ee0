"""The tables of a stack are declared with what changes their answers."""

from __future__ import annotations

from pathlib import Path

from openapi_first.templates.read import Choices, read_template

TEMPLATE = """\
Parameters: {On: {Type: String, Default: 'true'}}
Resources:
  Old:
    Type: AWS::DynamoDB::Table
    Properties: &old
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      TimeToLiveSpecification: {AttributeName: expires, Enabled: !Ref On}
      Tags: [{Key: team, Value: shop}]
  Global:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      <<: *old
      Replicas: [{Region: us-east-1}, {Region: eu-west-1}]
"""


def test_tables_have_their_time_to_live(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE)
    for table in read_template(path, Choices(parameters={})).tables:
        assert table.parameters["TimeToLiveSpecification"] == {
            "AttributeName": "expires",
            "Enabled": "true",
        }
        assert table.parameters["BillingMode"] == "PAY_PER_REQUEST"
        assert not {"Tags", "Replicas"} & table.parameters.keys()


def test_a_table_that_a_condition_leaves_out_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    text = TEMPLATE.replace(
        "Resources:", "Conditions: {Makes: !Equals [!Ref On, 'true']}\nResources:"
    )
    path.write_text(text.replace("  Old:\n", "  Old:\n    Condition: Makes\n"))
    with_it = read_template(path, Choices(parameters={}))
    assert (len(with_it.tables), with_it.notes) == (2, ())
    without = read_template(path, Choices(parameters={"On": "false"}))
    (note,) = without.notes
    assert [table.logical_id for table in without.tables] == ["Global"]
    assert "the condition Makes leaves the table Old out" in str(note)
