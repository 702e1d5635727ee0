"""What CloudFormation makes of a SAM template, by SAM's own translator, as JSON on standard output.

`PYTHON translate.py TEMPLATE [NAME=VALUE...]`, with the Python that has aws-sam-translator; a
parameter that is not given has its default. A local DefinitionUri and a missing ImageUri are set as
`sam deploy` sets them, which uploads both before it sends the template.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from cfnlint.decode import cfn_yaml
from samtranslator.translator.transform import transform


class _NoManagedPolicies:
    """The template names its managed policies by ARN, so none is looked up."""

    def load(self) -> dict[str, str]:
        return {}


def main(arguments: list[str]) -> None:
    template: dict[str, Any] = json.loads(json.dumps(cfn_yaml.load(arguments[0])))
    resources = template["Resources"]
    for resource in resources.values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            properties["ImageUri"] = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/items:live"
        if resource["Type"] == "AWS::Serverless::Api":
            properties["DefinitionUri"] = "s3://bucket/key"
    given = dict(argument.split("=", 1) for argument in arguments[1:])
    unknown = given.keys() - template["Parameters"].keys()
    assert not unknown, f"no such parameters: {unknown}"
    os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"
    json.dump(transform(template, given, _NoManagedPolicies()), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
