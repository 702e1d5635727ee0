"""The pages about deploying name every parameter, alarm, option and state that there is."""

from __future__ import annotations

import re
from pathlib import Path

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
