"""The pages about deploying name every parameter, alarm, option and state that there is, and no
command of AWS that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import botocore.session
from botocore import xform_name

from openapi_first.deployment.settings.parameters import CONTRACT_HASH, REVISION
from openapi_first.deployment.stack.states import DEPLOY, EMPTY, STATES
from openapi_first.templates.files.tags import read_file

ROOT = Path(__file__).parents[2]
INTO_AWS, ALARMS, WAY_BACK = (
    (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("into-aws", "alarms", "way-back")
)
TEMPLATE = read_file(ROOT / "template.yaml").value


def in_code(text: str) -> set[str]:
    """The words in code, such as NAME of `NAME=VALUE`."""
    code = re.findall(r"^ *```.*?^ *```$|`[^`\n]+`", text, re.M | re.S)
    return set(re.findall(r"\w+", " ".join(code)))


def first_cells(text: str) -> str:
    return "\n".join(re.findall(r"^ *\| (.*?) \|", text, re.M))


def test_every_parameter_of_the_template_is_described() -> None:
    parameters = set(TEMPLATE["Parameters"])
    assert len(parameters) > 40
    assert parameters - in_code(INTO_AWS) == set()
    assert parameters >= {REVISION, CONTRACT_HASH}


def test_every_alarm_is_in_the_table_and_no_other() -> None:
    alarms = {
        name
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    assert len(alarms) > 10
    assert {each for each in in_code(first_cells(ALARMS)) if each.endswith("Alarm")} == alarms


def test_the_alarms_are_as_many_as_their_price_says() -> None:
    alarms = [
        resource["Properties"]
        for resource in TEMPLATE["Resources"].values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    ]
    metrics = sum(
        sum("MetricStat" in each for each in alarm["Metrics"]) if "Metrics" in alarm else 1
        for alarm in alarms
    )
    price = f"{metrics * 0.1:.2f}"
    assert f"{len(alarms)} alarms on {metrics} metrics: {price} US dollars" in ALARMS
    assert f"[{price} a month for alarms]" in INTO_AWS


def test_every_option_of_deploying_and_going_back_is_described() -> None:
    block = ROOT / "src/openapi_first/project/project_files/makefile/deploy.jinja"
    text = block.read_text(encoding="utf-8")
    exported = re.search(r"^export (.*)$", text, re.M)
    assert exported
    options = {*exported[1].split(), *re.findall(r"\$\(if \$\(([A-Z_]+)\),", text)}
    assert options > {"STACK", "PREBUILT", "REIMPORT", "FIRST", "YES", "LIST", "DRY_RUN"}
    assert options - in_code(INTO_AWS) - in_code(WAY_BACK) == set()


def test_every_state_that_does_not_simply_deploy_is_in_the_table() -> None:
    named = first_cells(INTO_AWS)
    missing = {
        name
        for name, state in STATES.items()
        if (DEPLOY not in state.allows or name in EMPTY)
        and not name.endswith("_IN_PROGRESS")
        and f"`{name}`" not in named
    }
    assert missing == set()
    assert {"`…_IN_PROGRESS`", "`REVIEW_IN_PROGRESS`"} <= set(re.findall(r"`[^`]+`", named))


_COMMAND = re.compile(r"\baws ([a-z0-9]+) ([a-z][a-z-]+)((?: (?!&&)[^`|;&\n]*)?)")
_OF_EVERY_COMMAND = {"--region", "--profile", "--query", "--output", "--cli-binary-format"}
_OF_THE_CLI_ALONE = {
    ("cloudformation", "deploy"): {"--template-file", "--stack-name", "--capabilities"}
    | {"--parameter-overrides"},
    ("logs", "tail"): set[str](),
}
"""Commands that are no operation of the API (AWS CLI reference)."""


def aws_commands() -> Iterator[tuple[str, str, str, set[str]]]:
    """Page, service, operation and options of each command in a page."""
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]):
        text = re.sub(r" *\\\n *", " ", page.read_text(encoding="utf-8"))
        for service, operation, rest in _COMMAND.findall(text):
            yield page.name, service, operation, set(re.findall(r"(?<=\s)--[a-z0-9-]+", rest))


def test_every_aws_command_of_a_page_is_one_with_its_options() -> None:
    session = botocore.session.get_session()
    checked = 0
    for page, service, operation, options in aws_commands():
        place, checked = f"{page}: aws {service} {operation}", checked + 1
        known = _OF_THE_CLI_ALONE.get((service, operation))
        if known is None:
            model = session.get_service_model("codedeploy" if service == "deploy" else service)
            names = {xform_name(name, "-"): name for name in model.operation_names}
            assert operation in names, place
            shape = model.operation_model(names[operation]).input_shape
            members = shape.members if shape else {}
            known = {f"--{xform_name(name, '-')}" for name in members}
        for option in options - _OF_EVERY_COMMAND:
            assert {option, option.replace("--no-", "--")} & known, f"{place} {option}"
    assert checked > 40
