"""A parameter has one value: the one given, else the stack's, samconfig.toml's, or the default."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.deployment.account import samconfig
from openapi_first.deployment.account.failures import Refused
from openapi_first.deployment.account.samconfig import Saved
from openapi_first.deployment.build import Built, built
from openapi_first.deployment.settings import guided
from openapi_first.deployment.settings.parameters import Sources, declared_in, kept_values, resolved
from openapi_first.deployment.settings.rules import violated
from openapi_first.deployment.stack import triggers
from stack.template import ROOT

DECLARED, RULES = declared_in(ROOT / "template.yaml")
DEFAULTS = resolved(DECLARED, Sources(), RULES)


def faults(**values: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        resolved(DECLARED, Sources(given=values), RULES)
    return str(refused.value).splitlines()


@pytest.mark.parametrize("places", [*itertools.product([True, False], repeat=4)])
def test_the_first_source_that_has_a_value_counts(places: tuple[bool, ...]) -> None:
    names = ("given", "own", "saved", "defaults")
    sources = {name: {"StageName": name} for name, has in zip(names, places, strict=True) if has}
    value = next(iter(sources), DEFAULTS["StageName"])
    assert resolved(DECLARED, Sources(**sources))["StageName"] == value


@given(st.dictionaries(st.sampled_from(sorted(DECLARED)), st.just("own"), max_size=5))
def test_all_parameters_have_a_value(own: Mapping[str, str]) -> None:
    usable = {name: DEFAULTS[name] for name in own}
    assert resolved(DECLARED, Sources(own=usable)).keys() == DECLARED.keys()


def test_every_fault_is_reported_at_once() -> None:
    found = faults(
        StagName="x",
        Qqqq="x",
        Revision="0",
        ContractHash="",
        Timeout="60",
        MemorySize="many",
        LogLevel="LOUD",
        AllowOrigin="shop.example",
    )
    expected = [
        "PARAMETERS: the template has no parameter StagName: did you mean StageName?",
        "PARAMETERS: the template has no parameter Qqqq: it has StageName, AllowOrigin",
        "Revision is set by `make deploy` itself",
        "ContractHash is set by `make deploy` itself",
        "Timeout: '60' is above MaxValue 28",
        "MemorySize: 'many' is not a number",
        "LogLevel: 'LOUD' is not one of DEBUG, INFO",
        "AllowOrigin: 'shop.example' does not match",
    ]
    assert len(found) == len(expected)
    for text in expected:
        assert any(line.startswith(text) for line in found), text


def test_a_fault_says_from_where_its_value_is() -> None:
    for sources, origin in (
        (Sources(own={"Timeout": "60"}), "the stack"),
        (Sources(saved={"Timeout": "60"}), "samconfig.toml"),
    ):
        with pytest.raises(Refused, match=f"Timeout: '60' .from {origin}. is above MaxValue 28"):
            resolved(DECLARED, sources)


def test_a_parameter_that_the_template_has_no_more_is_dropped_from_the_stack_alone() -> None:
    assert "Gone" not in resolved(DECLARED, Sources(own={"Gone": "1"}))
    with pytest.raises(Refused, match=r"samconfig\.toml: the template has no parameter Gone"):
        resolved(DECLARED, Sources(saved={"Gone": "1"}))


def test_a_secret_that_the_stack_keeps_is_not_replaced_by_asterisks() -> None:
    declared = {"Secret": {"Type": "String", "NoEcho": True, "AllowedPattern": "[a-z]+"}}
    assert resolved(declared, Sources(own={"Secret": "****"})) == {}
    assert resolved(declared, Sources(given={"Secret": "x"})) == {"Secret": "x"}
    with pytest.raises(Refused) as refused:
        resolved(declared, Sources(given={"Secret": "PASSWORD"}))
    assert "PASSWORD" not in str(refused.value)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (
            {"ReservedConcurrency": "9", "ProvisionedConcurrency": "2"},
            "ReservedConcurrency=9 is below ProvisionedConcurrencyMax=10",
        ),
        (
            {"ReservedConcurrency": "0", "ProvisionedConcurrency": "1"},
            "ReservedConcurrency=0 is below",
        ),
        (
            {"ProvisionedConcurrency": "20"},
            "ProvisionedConcurrencyMax=10 is below ProvisionedConcurrency=20",
        ),
    ],
)
def test_a_combination_that_cannot_be_deployed_is_refused(
    values: dict[str, str], text: str
) -> None:
    (line,) = faults(**values)
    assert line.startswith(text)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (
            {"SnapStart": "on", "ProvisionedConcurrency": "1"},
            "SnapStart and ProvisionedConcurrency exclude each other.",
        ),
        ({"DomainName": "api.shop.example"}, "DomainName needs DomainCertificateArn."),
        ({"ExecuteApiEndpoint": "off"}, "Without its default URL the API needs DomainName."),
    ],
)
def test_the_rules_of_the_template_are_checked_before_anything_is_built(
    values: dict[str, str], text: str
) -> None:
    assert faults(**values) == [text]


def test_each_function_of_rules_is_evaluated_and_another_is_left_to_cloudformation() -> None:
    values = {"A": "1", "L": ["x", "y"]}

    def found(condition: object, *assertions: object) -> list[str]:
        written = [
            {"Assert": each, "AssertDescription": str(n)} for n, each in enumerate(assertions)
        ]
        return [*violated({"R": {"RuleCondition": condition, "Assertions": written}}, values)]

    is_one = {"Fn::Equals": [{"Ref": "A"}, 1]}
    is_two = {"Fn::Equals": [{"Ref": "A"}, "2"]}
    assert found(is_two, is_two) == []
    assert found(is_one, is_one, is_two, {"Fn::Not": [is_two]}) == ["1"]
    assert found(True, {"Fn::And": [is_one, is_two]}, {"Fn::Or": [is_one, is_two]}) == ["0"]
    inside = [{"Fn::Contains": [{"Ref": "L"}, each]} for each in ("x", "z")]
    assert found(True, *inside) == ["1"]
    members = [{"Fn::EachMemberIn": [{"Ref": "L"}, each]} for each in (["x", "y"], ["x"])]
    assert found(True, *members) == ["1"]
    assert found(True, {"Fn::EachMemberEquals": [{"Ref": "L"}, "x"]}) == ["0"]
    assert found(True, {"Fn::ValueOf": ["A", "B"]}) == []
    assert found({"Ref": "Unknown"}, is_two) == []


def test_a_low_limit_without_provisioned_concurrency_is_fine() -> None:
    assert resolved(DECLARED, Sources(given={"ReservedConcurrency": "5"}))


def test_what_samconfig_says_in_vain_is_told() -> None:
    sources = Sources(
        given={"Timeout": "26"},
        own={"MemorySize": "512", "Timeout": "25", "LogLevel": "INFO", "Gone": "1"},
        saved={"MemorySize": "1024", "Timeout": "27", "LogLevel": "INFO", "StageName": "x"},
    )
    (line,) = kept_values(DECLARED, sources, {})
    assert "MemorySize=512 stays, as in the stack; samconfig.toml has 1024" in line
    assert "PARAMETERS='MemorySize=1024'" in line


def test_a_default_that_has_changed_is_told_unless_the_stack_has_a_value_of_its_own() -> None:
    own = {"BaseImage": "old", "LogLevel": "DEBUG", "MemorySize": DEFAULTS["MemorySize"]}
    deployed = {"BaseImage": "old", "LogLevel": "WARNING", "MemorySize": "256"}
    (line,) = kept_values(DECLARED, Sources(own=own), deployed)
    assert line.startswith("BaseImage=old stays, as in the stack; the template's default is now")
    assert not [*kept_values(DECLARED, Sources(own=own, given={"BaseImage": "x"}), deployed)]


@pytest.mark.parametrize("text", ["x", "=x", "a=b c", "'a=b"])
def test_what_is_no_name_and_value_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="TAGS"):
        samconfig.pairs(text, "TAGS")


VALUE = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]))


@given(parameters=st.dictionaries(st.from_regex("[A-Za-z]+", fullmatch=True), VALUE, max_size=4))
def test_what_is_saved_is_read_again(
    parameters: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("saved") / "samconfig.toml"
    saved = Saved("items", "eu-west-1", "", parameters, {"resolve_s3": True})
    samconfig.write(file, saved)
    assert samconfig.read(file) == saved


def test_a_samconfig_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "samconfig.toml").write_text("[")
    with pytest.raises(Refused, match="cannot be read"):
        samconfig.read(tmp_path / "samconfig.toml")


def test_the_first_deployment_asks_for_four_things_until_each_is_valid(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    answers = iter(
        [
            "1items",
            "items-1",
            "eu-centrl-1",
            "eu-central-1",
            "",
            "shop.example",
            "https://s.example",
        ]
    )
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return next(answers)

    saved = guided.ask(DECLARED, "items", "us-east-1", answer)
    assert list(answers) == []
    assert len(set(asked)) == 4
    assert (saved.stack, saved.region) == ("items-1", "eu-central-1")
    assert saved.parameters == {"StageName": "prod", "AllowOrigin": "https://s.example"}
    output = capsys.readouterr().out
    for text in ("is not a valid name of a stack", "did you mean eu-central-1?", "does not match"):
        assert text in output


@pytest.mark.parametrize("text", ["-1", "181", "five", "1.5", "٣"])
def test_minutes_that_cloudformation_does_not_take_are_refused(text: str) -> None:
    with pytest.raises(Refused, match="0 to 180"):
        triggers.minutes(text)


def test_the_first_deployment_asks_only_for_what_an_edited_template_has() -> None:
    saved = guided.ask({}, "items", "eu-west-1", lambda _: "")
    assert (saved.stack, saved.region, saved.parameters) == ("items", "eu-west-1", {})


@pytest.mark.parametrize("value", ["5_12", "\u0665\u0661\u0662", " 512", "0x200", "nan", "512MB"])
def test_a_number_is_written_as_cloudformation_reads_it(value: str) -> None:
    (line,) = faults(MemorySize=value)
    assert "is not a number" in line


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("[]", "it has no Resources"),
        ("Parameters: {}", "it has no Resources"),
        ("Resources: {}\nParameters: []", "Parameters has to be an object of objects"),
        ("Resources: {}\nParameters: {A: }", "Parameters has to be an object of objects"),
        ("Resources: {}\nRules: [1]", "Rules has to be an object of objects"),
    ],
)
def test_what_is_no_template_is_refused(tmp_path: Path, written: str, message: str) -> None:
    (tmp_path / "template.yaml").write_text(written)
    with pytest.raises(Refused, match=message):
        declared_in(tmp_path / "template.yaml")


def test_a_template_may_have_no_parameters(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text("Resources: {}")
    assert declared_in(tmp_path / "template.yaml") == ({}, {})


def test_an_image_may_be_built_for_a_template_with_fewer_parameters() -> None:
    image = {"ContractHash": "1", "Revision": "2"}
    wanted = {"ContractHash": "1", "Revision": "3", "StageName": "prod"}
    assert Built(image).fit(wanted, {}, "items") == {**wanted, "Revision": "2"}


@pytest.mark.parametrize("written", ["[]", '"x"', "{", ""])
def test_a_damaged_record_of_a_build_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".aws-sam/build").mkdir(parents=True)
    (tmp_path / ".aws-sam/build/parameters.json").write_text(written)
    with pytest.raises(Refused, match="missing or damaged: run `make sam-build` first"):
        built()
