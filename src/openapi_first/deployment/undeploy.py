"""`make undeploy`: removes the stack, and says what stays."""

from __future__ import annotations

import sys

from openapi_first.deployment.account import samconfig
from openapi_first.deployment.account.aws import Account, Refused
from openapi_first.deployment.account.programs import run
from openapi_first.deployment.account.samconfig import Saved
from openapi_first.deployment.stack import description, states
from openapi_first.deployment.stack.description import Stack
from openapi_first.deployment.stack.remains import delete, remains


def undeploy(account: Account, name: str, sam: str, saved: Saved, yes: bool) -> int:
    """Asks in a terminal, unless `yes`. Raises Refused."""
    stack = description.find(account, name)
    if stack is None:
        raise Refused(f"{states.missing(account, name)}: nothing to remove.")
    states.check(account, stack, states.UNDEPLOY)
    if stack.protected:
        raise Refused(
            f"{states.named(account, name)} is protected: aws cloudformation "
            f"update-termination-protection --no-enable-termination-protection --stack-name {name} "
            f"{' '.join(account.options)}; then repeat the command."
        )
    if not yes and not _agreed(account, name):
        print("Nothing was removed.")
        return 1
    try:
        status = _removed(account, stack, sam, saved if name == saved.stack else Saved())
    except KeyboardInterrupt as interrupt:
        raise Refused(
            f"Interrupted. CloudFormation carries on with what it has begun for {name}: run "
            f"`make undeploy STACK={name}` again, which says what that is or completes it."
        ) from interrupt
    now = description.find(account, stack.id)
    if now is None:
        lines = list(remains(account, stack))
        print(f"{states.named(account, name)} is removed. {'These stay:' if lines else ''}".strip())
        print("\n".join(f"  {line}" for line in lines), end="\n" if lines else "")
        return status
    reasons = "; ".join(description.failures(account, now)) or now.reason or "see its events"
    print(
        f"{states.named(account, name)} is still there ({now.status}: {reasons}). Correct the "
        f"cause, and run `make undeploy STACK={name}` again.",
        file=sys.stderr,
    )
    return status or 1


def _removed(account: Account, stack: Stack, sam: str, saved: Saved) -> int:
    if stack.status == "REVIEW_IN_PROGRESS":  # it has no template, which SAM would read
        delete(account, stack)
        return 0
    config = str(samconfig.for_sam(saved))
    options = ["--stack-name", stack.name, "--no-prompts", "--config-file", config]
    return run(sam, "delete", *options, *account.options, **account.environment)


def _agreed(account: Account, name: str) -> bool:
    if not sys.stdin.isatty():
        raise Refused(f"There is no terminal to ask: YES=1 removes {name} ({account}).")
    return input(f"Remove the stack {name} ({account})? [y/N] ").strip().lower() in ("y", "yes")
