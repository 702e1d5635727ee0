"""What a command works on, asked and checked before anything is built or changed."""

from __future__ import annotations

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
from openapi_first.deployment.account.samconfig import Saved
from openapi_first.deployment.settings import conditions, guided, parameters
from openapi_first.deployment.settings.parameters import PROTECTION
from openapi_first.deployment.stack import description, states, triggers
from openapi_first.deployment.stack.description import Stack
from openapi_first.openapi.loader import load
from openapi_first.project.authorizers import unset_issuers
from openapi_first.project.settings import SETTINGS_FILE, read_project

CONFIG = Path("samconfig.toml")
_TEMPLATE = Path("template.yaml")
_ROLE = re.compile("arn:aws[a-z-]*:iam::[0-9]{12}:role/.+")


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
    declared, rules = parameters.declared_in(_TEMPLATE)
    saved = samconfig.read(CONFIG)
    if not request.stack and not saved.stack:
        saved = _asked(declared)
    name, account = target(request.stack, saved)
    stack = description.find(account, name)
    if stack is not None:
        states.check(account, stack, states.DEPLOY)
    updated = None if stack is None or stack.status in states.EMPTY else stack
    built = build.built() if request.prebuilt else None
    sources = parameters.Sources(
        given=request.given,
        own=_own(stack, declared),
        saved=saved.parameters if name == saved.stack else {},
        defaults=built.defaults if built else {parameters.ARCHITECTURE: _architecture()},
    )
    chosen = {**parameters.resolved(declared, sources, rules), **build.set_here()}
    if built:
        chosen = built.fit(chosen, request.given, name)
    conditions.check_account(account, _TEMPLATE, chosen)
    if updated is not None:
        old = description.defaults(account, updated)
        for line in parameters.kept_values(declared, sources, old):
            print(line)
    table = sources.own.get("ExistingTable")
    if table and not chosen.get("ExistingTable"):
        print(
            f"The stack makes a new, empty table. The table {table} stays, and the API leaves it."
        )
    if sources.own.get(PROTECTION) == chosen.get(PROTECTION) == "false":
        print(f"The table is not protected from deletion: PARAMETERS='{PROTECTION}=true' does so.")
    for scheme in unset_issuers(load(read_project().contract), SETTINGS_FILE):
        print(
            f"[tool.contract.authorizers.{scheme}] in {SETTINGS_FILE} still has the issuer of a "
            "new project, so the stage accepts no token: write the `iss` of yours there."
        )
    return Prepared(
        name,
        account,
        stack,
        saved if name == saved.stack else Saved(),
        chosen,
        # SAM would remove the tags that are not given.
        {**(stack.tags if stack is not None else {}), **request.tags},
        triggers.configuration(account, updated, request.monitor, chosen),
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


def for_build(request: Request) -> tuple[Mapping[str, str], Saved]:
    """The parameters of `make sam-build`, and what counts of samconfig.toml. Asks AWS only if a
    stack is named, for that stack's own parameters. Raises Refused."""
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
    declared, rules = parameters.declared_in(_TEMPLATE)
    chosen = parameters.resolved(declared, sources, rules)
    counts = saved if request.stack in ("", saved.stack) else Saved()
    return {**chosen, **build.set_here()}, counts


def _own(stack: Stack | None, declared: parameters.Declared) -> Mapping[str, str]:
    """The parameters that the stack has. What a failed first deployment was made with counts, but
    its table was to be protected later only, and its secrets go with it."""
    if stack is None:
        return {}
    if stack.status not in states.EMPTY:
        return stack.parameters
    gone = {PROTECTION, *(name for name, each in declared.items() if each.get("NoEcho"))}
    return {name: value for name, value in stack.parameters.items() if name not in gone}


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


def _project_name() -> str:
    """What a stack may be called: the package of the handler, or the folder."""
    handler = read_project().handler
    package = handler.partition(".")[0] if handler else Path.cwd().name
    return package.replace("_", "-")


def _architecture() -> str:
    """That of the builder, as the template writes it."""
    return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"
