"""Runs `make deploy` and the other commands of a deployed stack.

Exits with 0 if it is done, 1 if a check failed or AWS rolled back, 2 if it could not start.
"""

from __future__ import annotations

import argparse
import sys

from openapi_first.core.errors import UserError
from openapi_first.deployment import deploy, preparation
from openapi_first.deployment.account import samconfig
from openapi_first.deployment.account.aws import Account, Refused
from openapi_first.deployment.compared import compare
from openapi_first.deployment.contract_tests import test_stage
from openapi_first.deployment.gateway.drift import drift
from openapi_first.deployment.gateway.rollback import Wish, listing, roll_back
from openapi_first.deployment.gateway.served import Served, served
from openapi_first.deployment.preparation import Request
from openapi_first.deployment.stack import description, states, triggers
from openapi_first.deployment.stack.description import Stack
from openapi_first.deployment.undeploy import undeploy

_TASKS = (
    *("account", "check", "build", "deploy", "undeploy"),
    *("diff", "contract-test", "smoke", "drift", "rollback"),
)
_MINUTES = "10"


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except UserError as error:
        print(error, file=sys.stderr)
    except (KeyboardInterrupt, EOFError):
        print("Interrupted: nothing was deployed or removed.", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m openapi_first.deployment", description=__doc__)
    parser.add_argument("task", choices=_TASKS)
    parser.add_argument("--sam", default="sam", help="the sam command; default: %(default)s")
    parser.add_argument("--stack", default="", help="default: the one in samconfig.toml")
    parser.add_argument("--parameters", default="", help="NAME=VALUE ... for the template")
    parser.add_argument("--prebuilt", action="store_true", help="deploy the result of `build`")
    parser.add_argument(
        "--monitor",
        default=_MINUTES,
        help="minutes after an update in which the alarms on 4XX and 5XX undo it; 0 for none; "
        "default: %(default)s",
    )
    parser.add_argument("--role-arn", default="", help="the role with which CloudFormation works")
    parser.add_argument("--tags", default="", help="NAME=VALUE ... for every resource")
    parser.add_argument(
        "--image-repository", default="", help="in ECR; default: one that SAM makes"
    )
    parser.add_argument("--bucket", default="", help="for artefacts; default: one that SAM makes")
    parser.add_argument("--first", action="store_true", help="there may be no stack to compare")
    parser.add_argument("--yes", action="store_true", help="do it without a question")
    parser.add_argument(
        "--reimport", action="store_true", help="import the document again, over any edit"
    )
    parser.add_argument(
        "--to", default="", help="id, contract or revision; default: the one before"
    )
    parser.add_argument("--list", action="store_true", help="list the deployments to go back to")
    parser.add_argument("--dry-run", action="store_true", help="say what would be put back")
    return parser


def _run(options: argparse.Namespace) -> int:
    request = Request(
        options.sam,
        options.stack,
        samconfig.pairs(options.parameters, "PARAMETERS"),
        options.prebuilt,
        options.role_arn,
        samconfig.pairs(options.tags, "TAGS"),
        triggers.minutes(options.monitor or _MINUTES),
        options.image_repository,
        options.bucket,
        options.reimport,
    )
    if options.task == "check":
        preparation.prepare(request)
        return 0
    if options.task == "build":
        return deploy.build_only(request)
    if options.task == "deploy":
        return deploy.deploy(request)
    saved = samconfig.read(preparation.CONFIG)
    name, account = preparation.target(options.stack, saved)
    if options.task == "account":
        return 0
    if options.task == "undeploy":
        return undeploy(account, name, options.sam, saved, options.yes)
    if options.task == "diff":
        return compare(account, name, options.first)
    stack = _deployed(account, name, options.task)
    if options.task == "rollback":
        return _roll_back(served(account, stack), options)
    if options.task == "drift":
        return drift(served(account, stack), stack)
    return test_stage(account, stack, reads_only=options.task == "smoke")


def _deployed(account: Account, name: str, task: str) -> Stack:
    """A stack whose state allows the task. Raises Refused."""
    stack = description.find(account, name)
    if stack is None:
        raise Refused(f"{states.missing(account, name)}: name the right stack, region and account.")
    states.check(account, stack, task)
    return stack


def _roll_back(now: Served, options: argparse.Namespace) -> int:
    if options.list:
        print("\n".join(listing(now)))
        return 0
    return roll_back(now, Wish(options.to, options.dry_run, options.yes))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
