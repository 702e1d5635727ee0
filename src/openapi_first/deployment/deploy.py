"""`make deploy`: checks everything that can be checked, builds, and deploys once."""

from __future__ import annotations

import json
import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openapi_first.deployment import build
from openapi_first.deployment.account import samconfig
from openapi_first.deployment.account.aws import Account, Refused, connect, found_region
from openapi_first.deployment.account.programs import python_of, run
from openapi_first.deployment.account.samconfig import Saved
from openapi_first.deployment.gateway.reimport import reimport
from openapi_first.deployment.gateway.served import served
from openapi_first.deployment.gateway.snapshots import keep
from openapi_first.deployment.settings import conditions, guided, parameters
from openapi_first.deployment.stack import description, states, triggers
from openapi_first.deployment.stack.description import Stack
from openapi_first.deployment.stack.remains import delete, remains
from openapi_first.project.settings import read_project

TEMPLATE = Path("template.yaml")
CONFIG = Path("samconfig.toml")
_ROLE = re.compile("arn:aws[a-z-]*:iam::[0-9]{12}:role/.+")
_PROTECTION = "TableDeletionProtection"
_LAUNCHER = str(Path(__file__).with_name("sam_with_triggers.py"))


@dataclass(frozen=True)
class Request:
    """What the command line asks for; `stack` is "" for the one in samconfig.toml."""

    sam: str = "sam"
    stack: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    prebuilt: bool = False
    role: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    monitor: int = 0
    repository: str = ""
    bucket: str = ""
    reimport: bool = False


@dataclass(frozen=True)
class Prepared:
    """All that a deployment needs; `stack` is None if there is none yet."""

    name: str
    account: Account
    stack: Stack | None
    saved: Saved
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    rollback: Mapping[str, Any]


def prepare(request: Request) -> Prepared:
    """Asks what is missing, and checks the state of the stack, the parameters and the account.

    Raises Refused.
    """
    if request.role and not _ROLE.fullmatch(request.role):
        raise Refused(f"ROLE_ARN={request.role} is not the ARN of an IAM role.")
    declared = parameters.declared_in(TEMPLATE)
    saved = samconfig.read(CONFIG)
    if not request.stack and not saved.stack:
        saved = _asked(declared)
    name, account = target(request.stack, saved)
    stack = description.find(account, name)
    if stack is not None:
        states.check(account, stack, states.DEPLOY)
    built = build.built() if request.prebuilt else None
    sources = parameters.Sources(
        given=request.given,
        own=stack.parameters if stack is not None else {},
        saved=saved.parameters if name == saved.stack else {},
        defaults=built.defaults if built else {parameters.ARCHITECTURE: _architecture()},
    )
    chosen = {**parameters.resolved(declared, sources), **build.set_here()}
    if built:
        chosen = built.fit(chosen, request.given, name)
    conditions.check_account(account, TEMPLATE, chosen)
    for line in parameters.not_taken(sources):
        print(line)
    if sources.own.get(_PROTECTION) == chosen.get(_PROTECTION) == "false":
        print(f"The table is not protected from deletion: PARAMETERS='{_PROTECTION}=true' does so.")
    updated = None if stack is None or stack.status in states.EMPTY else stack
    off = chosen.get("RollbackAlarms") == "off"
    return Prepared(
        name,
        account,
        stack,
        saved if name == saved.stack else Saved(),
        chosen,
        # SAM would remove the tags that are not given.
        {**(stack.tags if stack is not None else {}), **request.tags},
        triggers.configuration(account, updated, 0 if off else request.monitor),
    )


def target(stack: str, saved: Saved) -> tuple[str, Account]:
    """The stack's name and the session. Raises Refused."""
    name = stack or saved.stack
    if not name:
        raise Refused("Which stack? There is no samconfig.toml; name it: STACK=NAME")
    wrong = description.check_name(name)
    if wrong:
        raise Refused(wrong)
    account = connect(saved)
    if not stack and saved.region and account.region != saved.region:
        raise Refused(
            f"samconfig.toml has the stack {name} in {saved.region}, and the environment says "
            f"{account.region}: unset AWS_REGION, AWS_DEFAULT_REGION or AWS_PROFILE, or name the "
            f"stack for this region: STACK={name}"
        )
    return name, account


def build_only(request: Request) -> int:
    """`make sam-build`: asks AWS only if a stack is named, for that stack's own parameters."""
    saved = samconfig.read(CONFIG)
    own: Mapping[str, str] = {}
    if request.stack:
        name, account = target(request.stack, saved)
        found = description.find(account, name)
        own = found.parameters if found else {}
    sources = parameters.Sources(
        given=request.given,
        own=own,
        saved=saved.parameters if request.stack in ("", saved.stack) else {},
        defaults={parameters.ARCHITECTURE: _architecture()},
    )
    chosen = parameters.resolved(parameters.declared_in(TEMPLATE), sources)
    config = samconfig.for_sam(saved if request.stack in ("", saved.stack) else Saved())
    return build.build(request.sam, {**chosen, **build.set_here()}, config)


def deploy(request: Request) -> int:
    """Builds and deploys. Raises Refused."""
    prepared = prepare(request)
    config = samconfig.for_sam(prepared.saved)
    first = _without_protection(prepared)
    status = (
        build.write_inputs(first) if request.prebuilt else build.build(request.sam, first, config)
    )
    if status:
        return status
    _make_room(prepared)
    status = _deployed(prepared, request, config)
    if status == 0 and first != prepared.parameters:
        print("The stack is created. Deploying once more, which protects its table.")
        build.write_parameters(prepared.parameters)
        status = _deployed(prepared, request, config)
    if status:
        _say_what_is_left(prepared)
        return status
    _keep(prepared, request)
    return 0


def _without_protection(prepared: Prepared) -> Mapping[str, str]:
    """The parameters of a first deployment.

    If it fails, CloudFormation deletes the table that it has made, which is empty. DynamoDB refuses
    that for a protected one, and the stack would be left in ROLLBACK_FAILED.
    """
    is_new = prepared.stack is None or prepared.stack.status in states.EMPTY
    makes_table = not prepared.parameters.get("ExistingTable")
    if is_new and makes_table and prepared.parameters.get(_PROTECTION) == "true":
        return {**prepared.parameters, _PROTECTION: "false"}
    return prepared.parameters


def _deployed(prepared: Prepared, request: Request, config: Path) -> int:
    command, environment = [request.sam], prepared.account.environment
    if prepared.rollback != (prepared.stack.rollback if prepared.stack else triggers.NONE):
        # CloudFormation keeps the triggers that a stack has.
        python = python_of(request.sam)
        if python is None:
            print(
                f"{request.sam} was not installed by pip, pipx or Homebrew, so this deployment has "
                "no rollback triggers: no alarm undoes it.",
                file=sys.stderr,
            )
        else:
            command = [python, _LAUNCHER]
            environment |= triggers.as_variable(prepared.name, prepared.rollback)
    return run(*command, "deploy", *_options(prepared, request, config), **environment)


def _keep(prepared: Prepared, request: Request) -> None:
    """Keeps what the stage serves now as a way back; imports the document again if asked to."""
    stack = description.find(prepared.account, prepared.name)
    if stack is None:
        raise Refused(f"{states.missing(prepared.account, prepared.name)} any more.")
    revision = prepared.parameters[parameters.REVISION]
    contract = prepared.parameters[parameters.CONTRACT_HASH]
    now = served(prepared.account, stack)
    if request.reimport:
        print(f"The {now} serves {reimport(now, build.DOCUMENT, revision, contract)}.")
        return
    try:
        keep(now, revision, contract)
    except Refused as refused:
        print(f"Deployed, but without a way back by `make rollback`: {refused}", file=sys.stderr)


def _asked(declared: parameters.Declared) -> Saved:
    if not sys.stdin.isatty():
        raise Refused(
            "There is no samconfig.toml yet: run `make deploy` in a terminal, which asks for the "
            "settings and saves them, or name a stack: make deploy STACK=NAME"
        )
    saved = guided.ask(declared, _project_name(), found_region(Saved()))
    connect(saved, saved.region)  # nothing is written for credentials that AWS rejects
    samconfig.write(CONFIG, saved)
    print(f"Saved in {CONFIG.name}; from now on `make deploy` asks nothing.")
    return saved


def _make_room(prepared: Prepared) -> None:
    """Looks again, since a build takes minutes, and deletes what is left of a failed creation."""
    now = description.find(prepared.account, prepared.name)
    if now is None:
        return
    states.check(prepared.account, now, states.DEPLOY)
    if now.status != "ROLLBACK_COMPLETE":
        return
    print(f"{states.named(prepared.account, now.name)} could not be created: deleting what is left")
    delete(prepared.account, now)
    for line in remains(prepared.account, now):
        print(f"It leaves {line}")


def _options(prepared: Prepared, request: Request, config: Path) -> list[str]:
    saved = prepared.saved.options
    options = ["--stack-name", prepared.name, *build.OVERRIDES, "--no-fail-on-empty-changeset"]
    options += ["--config-file", str(config), *prepared.account.options]
    if "capabilities" not in saved:
        options += ["--capabilities", "CAPABILITY_IAM"]
    if request.bucket:
        options += ["--s3-bucket", request.bucket, "--s3-prefix", prepared.name]
    elif not {"resolve_s3", "s3_bucket"} & set(saved):
        options.append("--resolve-s3")
    if request.repository:
        options += ["--image-repository", request.repository]
    elif not {"resolve_image_repos", "image_repository", "image_repositories"} & set(saved):
        options.append("--resolve-image-repos")
    if not (saved.get("confirm_changeset") and sys.stdin.isatty()):
        options.append("--no-confirm-changeset")
    if request.role:
        options += ["--role-arn", request.role]
    if prepared.tags:
        options += ["--tags", *(f"{_quoted(k)}={_quoted(v)}" for k, v in prepared.tags.items())]
    return options


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _say_what_is_left(prepared: Prepared) -> None:
    now = description.find(prepared.account, prepared.name)
    if now is None:
        print(f"{states.missing(prepared.account, prepared.name)}: nothing was created.")
        return
    before = prepared.stack.status if prepared.stack is not None else ""
    subject = states.named(prepared.account, now.name)
    if now.status in states.EMPTY:
        text = "holds nothing: correct the first failure above, and run `make deploy` again."
    elif now.status == "UPDATE_ROLLBACK_COMPLETE" or now.status == before:
        text = "is as it was before: correct the first failure above, and run `make deploy` again."
    else:
        states.check(prepared.account, now, states.DEPLOY)
        text = f"is {now.status}: look at it in the console of CloudFormation."
    print(f"{subject} {text}", file=sys.stderr)


def _project_name() -> str:
    """What a stack may be called: the package of the handler, or the folder."""
    handler = read_project().handler
    package = handler.partition(".")[0] if handler else Path.cwd().name
    return package.replace("_", "-")


def _architecture() -> str:
    """That of the builder, as the template writes it."""
    return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"
