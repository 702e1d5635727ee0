"""What the intrinsic functions of one stack refer to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from openapi_first.templates.files.errors import Problems

NO_VALUE = object()
"""What `AWS::NoValue` is resolved to: it removes the property or the element."""


@dataclass(slots=True)
class Scope:
    """`parameters` are strings and lists of strings. `ssm` has the parameters whose values stand in
    the Parameter Store. `exports` are made when they are imported. `used_exports` gets the names of
    those that the template imports."""

    template: Mapping[str, Any]
    problems: Problems
    parameters: Mapping[str, Any] = field(default_factory=dict)
    region: str = "us-east-1"
    account_id: str = "123456789012"
    stack: str = "stack"
    ssm: Mapping[str, str] = field(default_factory=dict)
    exports: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    used_exports: set[str] = field(default_factory=set)

    @property
    def partition(self) -> str:
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    @property
    def suffix(self) -> str:
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"

    def pseudo_parameter(self, name: str) -> Any:
        """AWS: pseudo-parameter-reference. None for another name."""
        stack_id = (
            f"arn:{self.partition}:cloudformation:{self.region}:{self.account_id}:"
            f"stack/{self.stack}/{self.made_id('AWS::StackId')}"
        )
        values = {
            "AWS::AccountId": self.account_id,
            "AWS::NoValue": NO_VALUE,
            "AWS::NotificationARNs": [],
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::StackId": stack_id,
            "AWS::StackName": self.stack,
            "AWS::URLSuffix": self.suffix,
        }
        return values.get(name)

    def made_id(self, logical_id: str) -> str:
        """Ten characters, the same ones for the same resource of the same stack."""
        digest = hashlib.sha256(f"{self.stack}/{logical_id}".encode()).digest()
        alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
        return "".join(alphabet[byte % len(alphabet)] for byte in digest[:10])

    def section(self, name: str) -> Mapping[str, Any]:
        found = self.template.get(name)
        return found if isinstance(found, dict) else {}
