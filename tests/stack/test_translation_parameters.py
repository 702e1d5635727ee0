"""What each parameter of template.yaml changes in what CloudFormation deploys."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from openapi_first.cli.main import main
from openapi_first.deployment.settings.gateway_options import gateway_options
from stack.deployed import deployed, refusals
from stack.template import ROOT
from stack.translation import of_type, references, the

CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/1"
DOMAIN = {"DomainName": "api.shop.example", "DomainCertificateArn": CERTIFICATE}
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"
BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
WEB_ACL = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/1"
ALL = {
    **DOMAIN,
    "DomainBasePath": "v1",
    "DomainHostedZoneId": "Z1",
    "ExecuteApiEndpoint": "off",
    "KmsKeyArn": KEY,
    "PermissionsBoundaryArn": BOUNDARY,
    "RolePath": "/shop/",
    "WebAclArn": WEB_ACL,
    "ApiGatewayAccountRole": "create",
    "SnapStart": "on",
    "Tracing": "on",
    "ContractTestKey": "on",
}


@pytest.mark.parametrize(
    "given",
    [{}, ALL, {"ExistingTable": "old"}, {"VpcEndpointIds": "vpce-1"}],
    ids=["defaults", "all", "existing table", "private"],
)
def test_nothing_refers_to_what_is_not_deployed(
    template: dict[str, Any], given: dict[str, str]
) -> None:
    assert not refusals(template, **given)
    stack = deployed(template, **given)
    conditional = {
        name for name, resource in template["Resources"].items() if "Condition" in resource
    }
    absent = conditional - stack.resources.keys()
    assert absent
    assert not absent & set(references([stack.resources, stack.outputs]))


CHOICES = {
    **{
        name: st.sampled_from(["", value])
        for name, value in ALL.items()
        if name != "RolePath" and not name.startswith("Domain")
    },
    "ExecuteApiEndpoint": st.sampled_from(["on", "off"]),
    "ApiGatewayAccountRole": st.sampled_from(["exists", "create"]),
    "SnapStart": st.sampled_from(["on", "off"]),
    "Tracing": st.sampled_from(["on", "off"]),
    "ContractTestKey": st.sampled_from(["auto", "on", "off"]),
    "StageName": st.sampled_from(["prod", "test"]),
    "VpcEndpointIds": st.sampled_from(["", "vpce-1", "vpce-1,vpce-2"]),
    "ProvisionedConcurrency": st.sampled_from(["0", "2"]),
    "ReservedConcurrency": st.sampled_from(["-1", "0", "20"]),
    "DeploymentType": st.sampled_from(["AllAtOnce", "Canary10Percent5Minutes"]),
    "RollbackAlarms": st.sampled_from(["on", "off"]),
    "PreTrafficHook": st.sampled_from(["on", "off"]),
    "AlarmsOff": st.sampled_from(["", "CanaryErrorsAlarm", "FaultsAlarm,CanaryFaultsAlarm"]),
    "AlarmEmail": st.sampled_from(["", "a@shop.example"]),
    "KeyQuota": st.sampled_from(["0", "10"]),
    "StageRateLimit": st.sampled_from(["0", "10"]),
    "ExistingTable": st.sampled_from(["", "items-Table-1"]),
}


DOMAINS: list[dict[str, str]] = [
    {},
    DOMAIN,
    {**DOMAIN, "DomainBasePath": "v1"},
    {**DOMAIN, "DomainHostedZoneId": "Z1"},
]


@given(chosen=st.fixed_dictionaries(CHOICES), domain=st.sampled_from(DOMAINS))
@settings(max_examples=60)
def test_no_parameters_leave_a_reference_to_what_is_not_deployed(
    template: dict[str, Any], chosen: dict[str, str], domain: dict[str, str]
) -> None:
    assume(not refusals(template, **chosen, **domain))
    stack = deployed(template, **chosen, **domain)
    absent = template["Resources"].keys() - stack.resources.keys()
    assert not absent & set(references([stack.resources, stack.outputs]))
    needed = [resource.get("DependsOn", []) for resource in stack.resources.values()]
    names = {name for each in needed for name in ([each] if isinstance(each, str) else each)}
    assert names <= stack.resources.keys()


def test_a_table_that_stayed_is_taken_up_again(template: dict[str, Any]) -> None:
    stack = deployed(template, ExistingTable="items-Table-1")
    assert not stack.of_type("AWS::DynamoDB::Table")
    variables = stack.properties("Function")["Environment"]["Variables"]
    assert variables["TABLE_NAME"] == stack.outputs["TableName"]["Value"] == "items-Table-1"
    (policy,) = [
        policy
        for policy in stack.properties("FunctionRole")["Policies"]
        if policy["PolicyName"] == "table"
    ]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Resource"]["Fn::Sub"].endswith(":table/${ExistingTable}")
    for part in ("TableThrottlesAlarm", "Dashboard"):
        assert '"items-Table-1"' in json.dumps(stack.resources[part])


def test_a_table_goes_only_with_a_first_deployment_that_fails(template: dict[str, Any]) -> None:
    """DynamoDB refuses to delete a protected table, so protection can be left for later."""
    table = template["Resources"]["Table"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == (
        "RetainExceptOnCreate",
        "Retain",
    )
    for protection in ("true", "false"):
        stack = deployed(template, TableDeletionProtection=protection)
        assert stack.properties("Table")["DeletionProtectionEnabled"] == protection


def test_warnings_of_an_import_fail_the_deployment(template: dict[str, Any]) -> None:
    assert deployed(template).properties("Api")["FailOnWarnings"] == "true"
    lenient = deployed(template, FailOnWarnings="false")
    assert lenient.properties("Api")["FailOnWarnings"] == "false"


def test_no_policy_of_tls_lets_in_what_is_older_than_1_2(template: dict[str, Any]) -> None:
    for name in ("SecurityPolicy", "DomainSecurityPolicy"):
        for policy in template["Parameters"][name]["AllowedValues"]:
            assert policy.startswith(("SecurityPolicy_TLS13_1_2_", "SecurityPolicy_TLS13_1_3_"))
    api = deployed(template).properties("Api")
    assert api["SecurityPolicy"] == template["Parameters"]["SecurityPolicy"]["Default"]
    assert api["EndpointAccessMode"] == "BASIC"


def test_the_account_s_log_role_is_made_only_when_asked_for(template: dict[str, Any]) -> None:
    made = {"ApiGatewayAccount", "ApiGatewayAccountLogRole"}
    assert not made & deployed(template).resources.keys()
    asked = deployed(template, ApiGatewayAccountRole="create").resources
    assert made <= asked.keys()
    assert {asked[name]["DeletionPolicy"] for name in made} == {"RetainExceptOnCreate"}


def test_the_stage_has_a_limit_for_requests_without_a_key(template: dict[str, Any]) -> None:
    name, _ = the(template, "AWS::ApiGateway::Stage")
    (settings,) = deployed(template).properties(name)["MethodSettings"]
    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == ("1000", "500")
    (settings,) = deployed(template, StageRateLimit="0").properties(name)["MethodSettings"]
    assert not settings.keys() & {"ThrottlingRateLimit", "ThrottlingBurstLimit"}


def test_every_role_has_the_boundary_and_the_path(template: dict[str, Any]) -> None:
    given = {"ApiGatewayAccountRole": "create"}
    for role in deployed(template, **given).of_type("AWS::IAM::Role").values():
        assert not role["Properties"].keys() & {"Path", "PermissionsBoundary"}
    asked = {"PermissionsBoundaryArn": BOUNDARY, "RolePath": "/shop/"}
    roles = deployed(template, **given, **asked).of_type("AWS::IAM::Role")
    assert set(roles) == {
        *("FunctionRole", "PreTrafficRole", "DeploymentRole", "ApiGatewayAccountLogRole")
    }
    for role in roles.values():
        assert role["Properties"]["PermissionsBoundary"] == BOUNDARY
        assert role["Properties"]["Path"] == "/shop/"


def test_a_key_encrypts_the_logs_and_the_table(template: dict[str, Any]) -> None:
    stack = deployed(template, KmsKeyArn=KEY)
    for logs in stack.of_type("AWS::Logs::LogGroup").values():
        assert logs["Properties"]["KmsKeyId"] == KEY
    encryption = stack.properties("Table")["SSESpecification"]
    assert encryption == {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}
    *_, policy = stack.properties("FunctionRole")["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("kms:Decrypt", KEY)
    assert list(statement["Condition"]["StringEquals"]) == ["kms:ViaService"]
    without = deployed(template)
    assert "kms" not in json.dumps(without.resources["FunctionRole"])
    assert without.properties("Table")["SSESpecification"] == {"SSEEnabled": True}


def test_a_domain_name_leads_to_the_stage(template: dict[str, Any]) -> None:
    stage, _ = the(template, "AWS::ApiGateway::Stage")
    stack = deployed(template, **DOMAIN, DomainHostedZoneId="Z1", DomainBasePath="v1")
    domain = stack.properties("Domain")
    assert domain["RegionalCertificateArn"] == CERTIFICATE
    assert domain["SecurityPolicy"].startswith("SecurityPolicy_TLS13_")
    assert stack.properties("DomainMapping") == {
        "DomainName": {"Ref": "Domain"},
        "BasePath": "v1",
        "RestApiId": {"Ref": "Api"},
        "Stage": {"Ref": stage},
    }
    assert stack.properties("DomainRecord")["Name"] == "api.shop.example"
    assert stack.outputs["Url"]["Value"] == "https://api.shop.example/v1"
    bare = deployed(template, **DOMAIN)
    assert "BasePath" not in bare.properties("DomainMapping")
    assert "DomainRecord" not in bare.resources
    assert bare.outputs["DomainTarget"]["Value"] == {"Fn::GetAtt": ["Domain", "RegionalDomainName"]}
    none = deployed(template)
    assert not {"Domain", "DomainMapping", "DomainRecord"} & none.resources.keys()
    assert "DomainTarget" not in none.outputs
    assert "execute-api" in none.outputs["Url"]["Value"]["Fn::Sub"]


def test_a_web_acl_is_for_the_stage(template: dict[str, Any]) -> None:
    stage, _ = the(template, "AWS::ApiGateway::Stage")
    association = deployed(template, WebAclArn=WEB_ACL).properties("WebAclAssociation")
    assert association["WebACLArn"] == WEB_ACL
    assert association["ResourceArn"]["Fn::Sub"].endswith(
        f"::/restapis/${{Api}}/stages/${{{stage}}}"
    )
    assert "WebAclAssociation" not in deployed(template).resources


def test_a_private_api_is_reached_from_its_vpc_endpoints_alone(template: dict[str, Any]) -> None:
    api = deployed(template, VpcEndpointIds="vpce-1,vpce-2").properties("Api")
    assert api["EndpointConfiguration"] == {
        "Types": ["PRIVATE"],
        "VpcEndpointIds": ["vpce-1", "vpce-2"],
    }
    allow, deny = api["Policy"]["Statement"]
    assert (allow["Effect"], deny["Effect"]) == ("Allow", "Deny")
    assert deny["Condition"] == {"StringNotEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}
    assert "Policy" not in deployed(template).properties("Api")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {**DOMAIN, "ExecuteApiEndpoint": "off", "EndpointAccessMode": "STRICT"},
        {"VpcEndpointIds": "vpce-1,vpce-2", "MinimumCompressionSize": "1024"},
        {
            "SecurityPolicy": "SecurityPolicy_TLS13_1_3_2025_09",
            "AllowOrigin": "https://a,https://b",
        },
    ],
    ids=["defaults", "domain", "private", "other"],
)
def test_the_import_document_says_of_the_api_what_the_template_says(
    template: dict[str, Any], given: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    values = {
        name: given.get(name, str(parameter.get("Default", "")))
        for name, parameter in template["Parameters"].items()
    }
    assert main(["gateway", str(ROOT / "openapi.yaml"), *gateway_options(values)]) == 0
    document = json.loads(capsys.readouterr().out)
    api = deployed(template, **given).properties("Api")
    prefix = "x-amazon-apigateway-"
    assert document[f"{prefix}security-policy"] == api["SecurityPolicy"]
    assert document[f"{prefix}endpoint-access-mode"] == api["EndpointAccessMode"]
    assert document.get(f"{prefix}policy") == api.get("Policy")
    size = document.get(f"{prefix}minimum-compression-size")
    assert (None if size is None else str(size)) == api.get("MinimumCompressionSize")
    endpoint: dict[str, Any] = {}
    for server in document.get("servers", []):
        endpoint |= server[f"{prefix}endpoint-configuration"]
    configuration = api["EndpointConfiguration"]
    assert endpoint.get("vpcEndpointIds") == configuration.get("VpcEndpointIds")
    is_off = endpoint.get("disableExecuteApiEndpoint", False)
    assert is_off is (values["ExecuteApiEndpoint"] == "off")


def test_snapshots_are_of_published_versions(template: dict[str, Any]) -> None:
    on = deployed(template, SnapStart="on")
    assert on.properties("Function")["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    assert deployed(template).properties("Function")["SnapStart"] == {"ApplyOn": "None"}


def test_a_stopped_function_is_not_tried_out(template: dict[str, Any]) -> None:
    assert "PreTrafficFunction" in deployed(template).resources
    assert "PreTrafficFunction" not in deployed(template, ReservedConcurrency="0").resources


def test_a_version_stays_when_a_changed_parameter_replaces_it(template: dict[str, Any]) -> None:
    """So that the alias can go back to it."""
    (version,) = (
        each
        for each in of_type(template, "AWS::Lambda::Version").values()
        if each["Properties"]["FunctionName"] == {"Ref": "Function"}
    )
    assert version["DeletionPolicy"] == version["UpdateReplacePolicy"] == "Retain"
    for function in of_type(template, "AWS::Lambda::Function").values():
        assert "DeletionPolicy" not in function, "functions go with their stack"


def test_the_log_of_lambda_s_own_events_has_its_level(template: dict[str, Any]) -> None:
    logging = deployed(template, SystemLogLevel="WARN").properties("Function")["LoggingConfig"]
    assert (logging["LogFormat"], logging["SystemLogLevel"]) == ("JSON", "WARN")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (
            {"SnapStart": "on", "ProvisionedConcurrency": "1"},
            "SnapStart and ProvisionedConcurrency exclude each other.",
        ),
        ({"DomainName": "a.example"}, "DomainName needs DomainCertificateArn."),
        ({"DomainCertificateArn": CERTIFICATE}, "DomainCertificateArn needs DomainName."),
        ({"DomainBasePath": "v1"}, "DomainBasePath needs DomainName."),
        ({"DomainHostedZoneId": "Z1"}, "DomainHostedZoneId needs DomainName."),
        (
            {**DOMAIN, "VpcEndpointIds": "vpce-1"},
            "DomainName is for an API on the internet; leave VpcEndpointIds empty.",
        ),
        ({"ExecuteApiEndpoint": "off"}, "Without its default URL the API needs DomainName."),
    ],
    ids=[
        *("snapshots", "no certificate", "certificate alone", "base path alone", "zone alone"),
        *("private domain", "no URL"),
    ],
)
def test_parameters_that_contradict_each_other_are_refused(
    template: dict[str, Any], given: dict[str, str], refusal: str
) -> None:
    assert refusals(template, **given) == [refusal]
