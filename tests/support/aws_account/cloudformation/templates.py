"""Templates of stacks: read, translated, with their parameters, conditions and references.

AWS: template-anatomy; the transform is the one that CloudFormation runs, aws-sam-translator.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi_first.documents.errors import ContractError
from openapi_first.templates.files.errors import Problems
from openapi_first.templates.files.tags import read_file
from openapi_first.templates.intrinsics.parameters import parameter_values
from openapi_first.templates.sam.translation import is_sam, translated
from support.aws_account.cloudformation.rules import check_rules
from support.aws_account.messages import invalid
from support.aws_account.region import Region

_NEWER = ("SecurityPolicy", "EndpointAccessMode")


@dataclass(frozen=True)
class Template:
    """`body` as it was sent; `processed` after the transform; `parameters` are their values."""

    body: str
    processed: dict[str, Any]
    parameters: Mapping[str, Any]
    problems: Problems

    @property
    def is_transformed(self) -> bool:
        return is_sam(self.problems.source.value)

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.processed.get("Resources", {})
        return found


def read(
    body: str, given: list[Mapping[str, Any]], previous: Mapping[str, str], region: Region
) -> Template:
    """The template. `given` is the Parameters of a request. Raises AwsError ValidationError."""
    problems = _problems(body)
    written = problems.source.value
    if not isinstance(written, dict) or not isinstance(written.get("Resources"), dict):
        raise invalid("Template format error: At least one Resources member must be defined.")
    declared = written.get("Parameters", {})
    values = _given(declared, given, previous)
    parameters = parameter_values(written, values, problems)
    raise_errors(problems)
    processed = written
    if is_sam(written):
        processed = _translated(problems, parameters, region)
    check_rules(written.get("Rules", {}), parameters)
    return Template(body, processed, parameters, problems)


def _translated(
    problems: Problems, parameters: Mapping[str, Any], region: Region
) -> dict[str, Any]:
    """CloudFormation's translator is newer than the one that can be installed beside the pydantic
    of the other tests: 1.115 passes some properties on to the REST API that 1.106 does not know."""
    written = copy.deepcopy(problems.source.value)
    newer: dict[str, dict[str, Any]] = {}
    for logical_id, resource in written["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Api":
            given = resource["Properties"]
            newer[logical_id] = {name: given.pop(name) for name in _NEWER if name in given}
    found = translated(written, parameters, region.name, problems, lambda value, _: value)
    raise_errors(problems)
    for logical_id, properties in newer.items():
        found["Resources"][logical_id]["Properties"] |= properties
    return found


def _problems(body: str) -> Problems:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "template")
        file.write_text(body)
        try:
            return Problems(read_file(file))
        except ContractError as error:
            raise invalid(f"Template format error: {error}") from error


def _given(
    declared: Mapping[str, Any], given: list[Mapping[str, Any]], previous: Mapping[str, str]
) -> dict[str, str]:
    """AWS: API_Parameter. A parameter that is not given has its default, whatever it was before."""
    names = [each["ParameterKey"] for each in given]
    if unknown := [name for name in names if name not in declared]:
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values = {}
    for each in given:
        name = each["ParameterKey"]
        if not each.get("UsePreviousValue"):
            values[name] = each["ParameterValue"]
        elif name in previous:
            values[name] = previous[name]
        else:
            raise invalid(
                f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true "
                "for a parameter key not in the previous template"
            )
    lacking = [name for name in declared if name not in values and "Default" not in declared[name]]
    if lacking:
        raise invalid(f"Parameters: [{', '.join(lacking)}] must have values")
    return values


def raise_errors(problems: Problems) -> None:
    if problems.errors:
        raise invalid("; ".join(each.detail for each in problems.errors))
