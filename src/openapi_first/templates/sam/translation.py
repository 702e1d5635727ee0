"""Translates a SAM template into a CloudFormation template, by aws-sam-translator.

It calls no AWS service: nobody's policies are looked up, and the region is given to it.
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.core.json_pointer import escaped
from openapi_first.templates.files.errors import Problems
from openapi_first.templates.sam.local_code import with_addresses
from openapi_first.templates.sam.passed_on import put_back, taken_out

SAM = "AWS::Serverless-2016-10-31"
_MOST_RESOURCES = 500
"""AWS: cloudformation-limits. The time of the translator grows with the square of their number."""
_APPLICATION = "AWS::Serverless::Application"
_RESOURCE = re.compile(r"Resource with id \[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class _Session:
    """What the translator asks of a boto3 session."""

    region_name: str


def is_sam(template: Mapping[str, Any]) -> bool:
    """Whether the template asks for the translation."""
    transforms = template.get("Transform")
    return SAM in (transforms if isinstance(transforms, list) else [transforms])


def translated(
    template: Mapping[str, Any],
    parameters: Mapping[str, Any],
    region: str,
    problems: Problems,
    resolve: Callable[[Any, str], Any],
) -> dict[str, Any]:
    """The CloudFormation template. `resolve` resolves the path of local code, given its pointer.

    Raises TemplateError with what the translator refuses, and ModuleNotFoundError without it.
    """
    from samtranslator.model.exceptions import InvalidDocumentException
    from samtranslator.model.sam_resources import SamApi
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    written = copy.deepcopy(dict(template))
    _check_size(written, problems)
    _without_applications(written, problems)
    with_addresses(written, resolve)
    problems.raise_errors()
    logging.getLogger("samtranslator").setLevel(logging.CRITICAL)  # it warns of its own metrics
    given = {
        name: ",".join(value) if isinstance(value, list) else value
        for name, value in parameters.items()
    }
    passed_on = taken_out(written, SamApi.property_types)
    translator = Translator(None, Parser(), boto_session=_Session(region))
    try:
        found: dict[str, Any] = translator.translate(
            written, given, passthrough_metadata=True, get_managed_policy_map=dict
        )
    except InvalidDocumentException as error:
        for cause in error.causes or [error]:
            message = " ".join(str(cause.message).split())
            problems.report(_pointer(message, template), message, "Correct the SAM template.")
    except Exception as error:  # it does not check all that it reads
        detail = f"aws-sam-translator cannot translate the template: {error!r}"
        problems.report("", detail, "Run `sam validate --lint` on it.")
    else:
        put_back(found, passed_on)
        return found
    problems.raise_errors()
    raise AssertionError


def _check_size(template: Mapping[str, Any], problems: Problems) -> None:
    count = len(template["Resources"])
    if count > _MOST_RESOURCES:
        detail = f"a SAM template of {count} resources: AWS takes {_MOST_RESOURCES}"
        problems.report("/Resources", detail, "Split the template.")
        problems.raise_errors()


def _without_applications(template: dict[str, Any], problems: Problems) -> None:
    """A nested application would be looked up in a repository."""
    resources = template.get("Resources")
    for logical_id, resource in resources.items() if isinstance(resources, dict) else ():
        if isinstance(resource, dict) and resource.get("Type") == _APPLICATION:
            problems.note(
                f"/Resources/{escaped(logical_id)}", f"the application {logical_id} is not served"
            )
            resource["Type"] = "AWS::CloudFormation::Stack"
            resource.pop("Properties", None)


def _pointer(message: str, template: Mapping[str, Any]) -> str:
    found = _RESOURCE.search(message)
    resources = template.get("Resources")
    if found is None or not isinstance(resources, dict):
        return ""
    # That of an event begins with that of its function.
    named = [name for name in resources if found[1].startswith(name)]
    return f"/Resources/{escaped(max(named, key=len))}" if named else ""
