"""An AWS account on 127.0.0.1: what is asked of it, what it holds, and how it fails."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore import xform_name

from drift.imported_api import REGION
from openapi_first.stage.policies.policy import Policy
from stack.bootstrap import decides
from support.aws_account.cloudformation.service import CloudFormation
from support.aws_account.cloudformation.stacks import Stack, note_stack
from support.aws_account.http_server import listening
from support.aws_account.messages import Answer, AwsError, Message, Request
from support.aws_account.permissions import Need, needs, needs_of_push
from support.aws_account.protocols import parsed, refused, rendered, signed_for
from support.aws_account.region import Region
from support.aws_account.services.docker_engine import DockerEngine, Push

_CREDENTIALS = {
    "ExpiredToken": AwsError(
        "ExpiredToken", "The security token included in the request is expired", 403
    ),
    "InvalidClientTokenId": AwsError(
        "InvalidClientTokenId", "The security token included in the request is invalid.", 403
    ),
}


@dataclass
class AwsAccount:
    """`requests` are all that were made, in their order. `unexpected` is what is not known here; it
    fails the test that uses the fixture."""

    requests: list[Request] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    engine: DockerEngine = field(default_factory=DockerEngine)
    before: dict[str, Callable[[Request], object]] = field(default_factory=dict)
    """What happens before each call of an operation, as `cloudformation:ExecuteChangeSet`."""
    policies: list[Policy] | None = None
    """What the caller may do; None for everything."""
    needed: set[Need] = field(default_factory=set)
    """The actions and resources of all requests."""
    url: str = ""
    docker_host: str = ""
    _regions: dict[str, Region] = field(default_factory=dict)
    _stacks: dict[str, CloudFormation] = field(default_factory=dict)
    _failing: dict[tuple[str, str], str] = field(default_factory=dict)
    _refusals: list[tuple[str, AwsError, int]] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[AwsAccount]:
        """Serves the account at `url`, and a Docker engine at `docker_host`."""
        self.engine.unexpected = self.unexpected
        self.engine.pushed = self._pushed
        with ExitStack() as servers:
            port = servers.enter_context(listening(self._answer))
            docker = servers.enter_context(listening(self.engine.answer))
            self.url = f"http://127.0.0.1:{port}"
            self.docker_host = f"tcp://127.0.0.1:{docker}"
            yield self

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which boto3 and the SAM CLI use this account and no other."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_MAX_ATTEMPTS": "2",
            "DOCKER_HOST": self.docker_host,
            "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_POLL_DELAY": "0.05",
        }

    def region(self, name: str = REGION) -> Region:
        if name not in self._regions:
            self._regions[name] = Region(name)
            self._stacks[name] = CloudFormation(self._regions[name], self._why)
        return self._regions[name]

    def cloudformation(self, region: str = REGION) -> CloudFormation:
        self.region(region)
        return self._stacks[region]

    def stack(self, name: str, region: str = REGION) -> Stack:
        """A stack that exists."""
        found = self.cloudformation(region).find(name)
        assert found is not None, f"there is no stack {name} in {region}"
        return found

    def asked(self, operation: str = "") -> list[Request]:
        """The requests of an operation, as `cloudformation:CreateChangeSet`; all without one."""
        return [each for each in self.requests if operation in ("", str(each))]

    def sent(self, stack: str) -> list[dict[str, str | None]]:
        """The parameters of each change set of a stack; None for one that is to stay as it is."""
        return [
            {
                each["ParameterKey"]: each.get("ParameterValue")
                for each in asked.parameters["Parameters"]
            }
            for asked in self.asked("cloudformation:CreateChangeSet")
            if asked.parameters["StackName"] == stack
        ]

    def changes(self, since: int = 0) -> list[str]:
        """The requests from a number on that change something, without those for SAM's bucket."""
        return [
            str(each)
            for each in self.requests[since:]
            if not each.operation.startswith(("Get", "Describe", "List", "Head"))
            and each.parameters.get("StackName") != "aws-sam-cli-managed-default"
        ]

    def state(self, stack: str, status: str, reason: str = "", region: str = REGION) -> Stack:
        """Puts a stack into a state, as if an operation on it had got there; makes it if there is
        none."""
        service = self.cloudformation(region)
        found = service.find(stack)
        if found is None:
            created = self.region(region).clock.text()
            arn = self.region(region).arn("cloudformation", f"stack/{stack}/made")
            found = service.stacks[arn] = Stack(stack, arn, created)
        found.status, found.reason = status, reason
        if status == "DELETE_COMPLETE":
            found.deleted = self.region(region).clock.text()
        note_stack(self.region(region), found)
        return found

    def fail(
        self, logical_id: str, action: str = "create", reason: str = "Internal Failure"
    ) -> None:
        """Makes an action on a resource fail until `mend`: create, update or delete, or one of a
        rollback, as `rollback-update`."""
        self._failing[logical_id, action] = reason

    def mend(self) -> None:
        """Ends all that `fail` and `refuse` began."""
        self._failing.clear()
        self._refusals.clear()

    def refuse(self, code: str, operation: str = "", message: str = "", times: int = -1) -> None:
        """Answers an operation, or all, with an error: AccessDenied, Throttling, ExpiredToken …;
        `times` is how often, -1 for ever."""
        error = _CREDENTIALS.get(code) or AwsError(
            code,
            message or _default_message(code, operation),
            403 if code.startswith("AccessDenied") else 400,
        )
        self._refusals.append((operation, error, times))

    def _why(self, logical_id: str, action: str) -> str | None:
        return self._failing.get((logical_id, action))

    def _check_permissions(self, needs: list[Need]) -> None:
        self.needed.update(needs)
        keys = {"iam:PassedToService": "cloudformation.amazonaws.com"}
        for action, resource in needs:
            if self.policies is not None and not any(
                decides(policy, action, resource, keys) for policy in self.policies
            ):
                user = f"arn:aws:sts::{self.region().account}:assumed-role/deploy/session"
                text = (
                    f"User: {user} is not authorized to perform: {action} on resource: {resource}"
                )
                raise AwsError("AccessDenied", text, 403)

    def _pushed(self, push: Push) -> None:
        host, _, name = push.repository.partition("/")
        for region in self._regions.values():
            if region.registry.host == host:
                self._check_permissions(needs_of_push(push, region))
                region.registry.repository(name)[push.tag] = push.image

    def _answer(self, message: Message) -> Answer:
        service = ""
        try:
            _, name, service = signed_for(message)
            request = parsed(message, name, service)
            self.requests.append(request)
            self.before.get(str(request), id)(request)
            self._raise_if_refused(request)
            region = self.region(request.region)
            self._check_permissions(needs(request, region, self._stacks[region.name]))
            return rendered(request, self._call(request))
        except AwsError as error:
            return refused(service, error)
        except Exception:
            self.unexpected.append(f"{message.method} {message.target}\n{traceback.format_exc()}")
            text = f"the stand-in does not know {service} {message.method} {message.target}"
            return refused(service, AwsError("NotImplementedHere", text))

    def _raise_if_refused(self, request: Request) -> None:
        for index, (operation, error, times) in enumerate(self._refusals):
            if operation in ("", str(request)) and times != 0:
                self._refusals[index] = (operation, error, times - 1)
                raise error

    def _call(self, request: Request) -> Any:
        region = self.region(request.region)
        services: dict[str, object] = {
            "apigateway": region.gateway,
            "cloudformation": self._stacks[request.region],
            "cloudwatch": region.alarms,
            "dynamodb": region.tables,
            "ecr": region.registry,
            "lambda": region.functions,
            "s3": region.storage,
            "sts": region.tokens,
        }
        service = services.get(request.service)
        operation = getattr(service, xform_name(request.operation), None)
        if operation is None:
            raise LookupError(str(request))
        return operation(**{xform_name(name): each for name, each in request.parameters.items()})


def _default_message(code: str, operation: str) -> str:
    if code.startswith("AccessDenied"):
        user = "arn:aws:iam::123456789012:user/deployer"
        return f"User: {user} is not authorized to perform: {operation}"
    return "Rate exceeded" if code.startswith(("Throttling", "TooMany")) else code
