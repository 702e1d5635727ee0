"""`make deploy`: checks everything that can be checked, builds, and deploys once."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from openapi_first.deployment import build
from openapi_first.deployment.account import samconfig
from openapi_first.deployment.account.failures import Refused
from openapi_first.deployment.account.programs import check_installed, python_of, run
from openapi_first.deployment.after_deploy import after_deploy
from openapi_first.deployment.preparation import Prepared, Request, for_build, prepare
from openapi_first.deployment.settings.parameters import CONTRACT_HASH, PROTECTION, REVISION
from openapi_first.deployment.stack import description, states, triggers
from openapi_first.deployment.stack.remains import delete, remains

_LAUNCHER = str(Path(__file__).with_name("sam_with_triggers.py"))


def build_only(request: Request) -> int:
    """`make sam-build`. Raises Refused."""
    check_installed(request.sam)
    chosen, saved = for_build(request)
    return build.build(request.sam, chosen, samconfig.for_sam(saved))


def deploy(request: Request) -> int:
    """Builds and deploys. Raises Refused."""
    check_installed(request.sam)
    prepared = prepare(request)
    config = samconfig.for_sam(prepared.saved)
    first = _without_protection(prepared)
    status = (
        build.write_inputs(first) if request.prebuilt else build.build(request.sam, first, config)
    )
    if status:
        return status
    try:
        return _change(prepared, request, config, first)
    except KeyboardInterrupt as interrupt:
        raise Refused(
            f"Interrupted. CloudFormation carries on with what it has begun for {prepared.name}: "
            "run `make deploy` again, which says what that is or completes it."
        ) from interrupt


def _change(prepared: Prepared, request: Request, config: Path, first: Mapping[str, str]) -> int:
    _make_room(prepared)
    status = _deployed(prepared, request, config)
    if status == 0 and not _is_executed(prepared):
        print(
            f"{states.named(prepared.account, prepared.name)} has a change set that is not "
            "executed: nothing was deployed.",
            file=sys.stderr,
        )
        return 1
    if status == 0 and first != prepared.parameters:
        print("The stack is created. Deploying once more, which protects its table.")
        build.write_parameters(prepared.parameters)
        status = _deployed(prepared, request, config)
        if status:
            print(
                f"{states.named(prepared.account, prepared.name)} is created, and its table is not "
                f"protected yet: make deploy STACK={prepared.name} PARAMETERS='{PROTECTION}=true'",
                file=sys.stderr,
            )
            return status
    if status:
        _say_what_is_left(prepared)
        return status
    after_deploy(prepared.account, prepared.name, again=request.reimport)
    return 0


def _is_executed(prepared: Prepared) -> bool:
    """False if the user declined the change set, or samconfig.toml keeps SAM from executing it."""
    now = description.find(prepared.account, prepared.name)
    if now is None or now.status in states.EMPTY:
        return False
    # A template that was edited may lack either.
    names = {REVISION, CONTRACT_HASH} & now.parameters.keys()
    return all(now.parameters[name] == prepared.parameters[name] for name in names)


def _without_protection(prepared: Prepared) -> Mapping[str, str]:
    """The parameters of a first deployment.

    If it fails, CloudFormation deletes the table that it has made, which is empty. DynamoDB refuses
    that for a protected one, and the stack would be left in ROLLBACK_FAILED.
    """
    is_new = prepared.stack is None or prepared.stack.status in states.EMPTY
    makes_table = not prepared.parameters.get("ExistingTable")
    if is_new and makes_table and prepared.parameters.get(PROTECTION) == "true":
        return {**prepared.parameters, PROTECTION: "false"}
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
    try:
        now = description.find(prepared.account, prepared.name)
    except Refused as refused:
        raise Refused(
            f"{refused} CloudFormation carries on with what it has begun for {prepared.name}; the "
            "next `make deploy` says what that is."
        ) from refused
    if now is None:
        print(
            f"{states.missing(prepared.account, prepared.name)}: nothing was created. Correct the "
            "first failure above, and run `make deploy` again.",
            file=sys.stderr,
        )
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
