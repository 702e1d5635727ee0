"""The stage on a laptop reads template.yaml with any parameters, and names what it leaves out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from openapi_first.cli.main import main
from openapi_first.templates.model import Template
from openapi_first.templates.read import Choices, read_template
from openapi_first.templates.sam.passed_on import put_back, taken_out
from stack.template import ROOT

DOMAIN = {
    "DomainName": "api.shop.example",
    "DomainCertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1",
    "ExecuteApiEndpoint": "off",
}
WEB_ACL = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template beside the import document, which is built."""
    found = tmp_path_factory.mktemp("service")
    shutil.copy(ROOT / "template.yaml", found)
    (found / "build").mkdir()
    document = found / "build" / "openapi.gateway.json"
    assert main(["gateway", str(ROOT / "openapi.yaml"), "-o", str(document)]) == 0
    return found


def served(folder: Path, **parameters: str) -> Template:
    return read_template(folder / "template.yaml", Choices(parameters=parameters))


def test_it_is_served_with_its_table(folder: Path) -> None:
    template = served(folder)
    (table,), (function,), (api,) = template.tables, template.functions, template.apis
    assert function.environment["TABLE_NAME"] == table.name
    assert api.stage == "prod"
    assert len(template.notes) == 1
    assert "the throttling of methods is not acted on" in template.notes[0]


def test_a_table_that_stayed_is_not_made(folder: Path) -> None:
    template = served(folder, ExistingTable="items-Table-1")
    (function,) = template.functions
    assert function.environment["TABLE_NAME"] == "items-Table-1"
    assert not template.tables


def test_what_is_not_acted_on_is_named(folder: Path) -> None:
    notes = "\n".join(served(folder, **DOMAIN, WebAclArn=WEB_ACL).notes)
    assert "Domain (AWS::ApiGateway::DomainName) is not served: custom domain names" in notes
    assert "WebAclAssociation (AWS::WAFv2::WebACLAssociation) is not served: no web ACL" in notes


def test_a_private_api_is_served_as_one(folder: Path) -> None:
    (api,) = served(folder, VpcEndpointIds="vpce-1").apis
    endpoint = api.document["x-amazon-apigateway-endpoint-configuration"]
    assert endpoint == {"types": ["PRIVATE"], "vpcEndpointIds": ["vpce-1"]}
    assert '"Deny"' in json.dumps(api.document["x-amazon-apigateway-policy"])


def test_a_translator_that_does_not_know_a_property_does_not_see_it() -> None:
    api = {"Type": "AWS::Serverless::Api", "Properties": {"SecurityPolicy": "S", "Name": "n"}}
    other = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"SecurityPolicy": "S"}}
    template = {"Resources": {"Api": api, "Other": other, "Odd": 1}}
    assert taken_out(template, {"SecurityPolicy": 0, "EndpointAccessMode": 0}) == {"Api": {}}
    found = taken_out(template, {})
    assert found == {"Api": {"SecurityPolicy": "S"}}
    assert api["Properties"] == {"Name": "n"}
    put_back(template, found)
    assert api["Properties"] == {"Name": "n", "SecurityPolicy": "S"}
