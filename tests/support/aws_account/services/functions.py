"""Lambda: functions, their versions and aliases (AWS: Lambda API Reference)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from support.aws_account.messages import Answer, AwsError


@dataclass
class Function:
    """`versions` have the configuration with which each was published; `aliases` their versions."""

    name: str
    configuration: dict[str, Any]
    versions: dict[str, dict[str, Any]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    published: int = 0


def healthy(function: str, version: str, event: Any) -> Any:
    """The answer of a function to a proxy event; `Functions.invoked` can be another."""
    del function, version, event
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": "{}"}


class Functions:
    """`invoked` answers an invocation; an exception is an unhandled error of the function."""

    def __init__(self, arn: str) -> None:
        self._arn = arn
        self.functions: dict[str, Function] = {}
        self.invoked: Callable[[str, str, Any], Any] = healthy

    def get_function(self, function_name: str, qualifier: str = "") -> dict[str, Any]:
        configuration = self.get_function_configuration(function_name, qualifier)
        return {"Configuration": configuration, "Code": {"ImageUri": configuration.get("ImageUri")}}

    def get_function_configuration(self, function_name: str, qualifier: str = "") -> dict[str, Any]:
        function, version = self._resolved(function_name, qualifier)
        found = function.configuration if version == "$LATEST" else function.versions[version]
        arn = f"{self._arn}{function.name}"
        return {**found, "FunctionName": function.name, "FunctionArn": arn, "Version": version}

    def get_alias(self, function_name: str, name: str) -> dict[str, Any]:
        function, _ = self._resolved(function_name, "")
        if name not in function.aliases:
            message = f"Alias not found: {self._arn}{function.name}:{name}"
            raise AwsError("ResourceNotFoundException", message, 404)
        return {
            "AliasArn": f"{self._arn}{function.name}:{name}",
            "Name": name,
            "FunctionVersion": function.aliases[name],
            "Description": "",
        }

    def update_alias(
        self, function_name: str, name: str, function_version: str = "", **_: Any
    ) -> dict[str, Any]:
        self.get_alias(function_name, name)
        function, version = self._resolved(function_name, function_version)
        function.aliases[name] = version
        return self.get_alias(function_name, name)

    def list_versions_by_function(self, function_name: str, **_: Any) -> dict[str, Any]:
        function, _version = self._resolved(function_name, "")
        names = ["$LATEST", *function.versions]
        return {
            "Versions": [self.get_function_configuration(function_name, each) for each in names]
        }

    def invoke(
        self, function_name: str, qualifier: str = "", payload: bytes = b"null", **_: Any
    ) -> Answer:
        function, version = self._resolved(function_name, qualifier)
        headers = {"Content-Type": "application/json", "X-Amz-Executed-Version": version}
        try:
            answer = self.invoked(function.name, version, json.loads(payload))
        except Exception as error:
            answer = {"errorType": type(error).__name__, "errorMessage": str(error)}
            headers["X-Amz-Function-Error"] = "Unhandled"
        return Answer(200, headers, json.dumps(answer).encode())

    def published_version(self, name: str, settings: Mapping[str, Any]) -> str:
        function, _ = self._resolved(name, "")
        function.published += 1
        version = str(function.published)
        function.versions[version] = {**function.configuration, **settings}
        return version

    def _resolved(self, name: str, qualifier: str) -> tuple[Function, str]:
        name = name.removeprefix(self._arn)
        name, _, last = name.partition(":")
        qualifier = qualifier or last or "$LATEST"
        function = self.functions.get(name)
        if function is not None:
            version = function.aliases.get(qualifier, qualifier)
            if version == "$LATEST" or version in function.versions:
                return function, version
        message = f"Function not found: {self._arn}{name}:{qualifier}"
        raise AwsError("ResourceNotFoundException", message, 404)
