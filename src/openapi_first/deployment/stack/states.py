"""What each state of a stack means for each command (AWS: cfn-console-view-stack-data-resources,
stack status codes)."""

from __future__ import annotations

from dataclasses import dataclass

from openapi_first.deployment.account.aws import Account, Refused
from openapi_first.deployment.stack.description import Stack, failures

DEPLOY, UNDEPLOY, DIFF = "deploy", "undeploy", "diff"
CONTRACT_TEST, SMOKE, ROLLBACK = "contract-test", "smoke", "rollback"

_READS = frozenset({DIFF, CONTRACT_TEST, SMOKE, ROLLBACK})
"""They need what the stack has deployed, and leave the stack itself alone."""
_ALL = _READS | {DEPLOY, UNDEPLOY}

EMPTY = frozenset({"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"})
"""Such a stack holds no resources."""

_WAIT = (
    "Wait until it ends, and repeat the command. Its status: aws cloudformation describe-stacks "
    "--stack-name {stack} {options} --query Stacks[0].StackStatus"
)
_CANCEL = (
    "To undo it instead: aws cloudformation cancel-update-stack --stack-name {stack} {options}"
)
_ANEW = "Remove it with `make undeploy STACK={stack}`, then run `make deploy STACK={stack}`."


@dataclass(frozen=True)
class State:
    """`remedy` is for the commands that are not in `allows`."""

    happened: str
    allows: frozenset[str]
    remedy: str = ""


_SETTLED = State("is deployed", _ALL)
_NOTHING_DEPLOYED = "Nothing is deployed: run `make deploy STACK={stack}`."

STATES = {
    "CREATE_COMPLETE": _SETTLED,
    "UPDATE_COMPLETE": _SETTLED,
    "UPDATE_ROLLBACK_COMPLETE": _SETTLED,
    "IMPORT_COMPLETE": _SETTLED,
    "IMPORT_ROLLBACK_COMPLETE": _SETTLED,
    "CREATE_IN_PROGRESS": State("is being created", frozenset(), _WAIT),
    "UPDATE_IN_PROGRESS": State("is being updated", frozenset(), f"{_WAIT}. {_CANCEL}"),
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": State(
        "is updated, and what the update replaced is being deleted", _READS, _WAIT
    ),
    "UPDATE_ROLLBACK_IN_PROGRESS": State(
        "could not be updated, and the update is being undone", frozenset(), _WAIT
    ),
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": State(
        "is as before a failed update, and what that update made is being deleted", _READS, _WAIT
    ),
    "ROLLBACK_IN_PROGRESS": State(
        "could not be created, and what was created is being deleted", frozenset(), _WAIT
    ),
    "DELETE_IN_PROGRESS": State("is being deleted", frozenset(), _WAIT),
    "IMPORT_IN_PROGRESS": State("is taking up resources", frozenset(), _WAIT),
    "IMPORT_ROLLBACK_IN_PROGRESS": State(
        "could not take up resources, and is being put back", frozenset(), _WAIT
    ),
    "REVIEW_IN_PROGRESS": State(
        "has only a change set that nobody executed",
        frozenset({DEPLOY, UNDEPLOY}),
        _NOTHING_DEPLOYED,
    ),
    "ROLLBACK_COMPLETE": State(
        "could not be created, and was cleared", frozenset({DEPLOY, UNDEPLOY}), _NOTHING_DEPLOYED
    ),
    "CREATE_FAILED": State(
        "could not be created, and what was created is still there", frozenset({UNDEPLOY}), _ANEW
    ),
    "ROLLBACK_FAILED": State(
        "could not be created, and what was created could not be deleted",
        frozenset({UNDEPLOY}),
        _ANEW,
    ),
    "DELETE_FAILED": State(
        "could not be deleted completely",
        frozenset({UNDEPLOY}),
        f"Correct what keeps these resources. {_ANEW}",
    ),
    "UPDATE_FAILED": State(
        "could not be updated, and the update was not undone",
        frozenset({UNDEPLOY}),
        "Undo it: aws cloudformation rollback-stack --stack-name {stack} {options}; then repeat "
        "the command.",
    ),
    "UPDATE_ROLLBACK_FAILED": State(
        "could not be updated, and the update could not be undone",
        frozenset({UNDEPLOY}),
        "Correct the cause, then: aws cloudformation continue-update-rollback --stack-name "
        "{stack} {options} (with --resources-to-skip for what cannot be put back); then repeat the "
        "command.",
    ),
    "IMPORT_ROLLBACK_FAILED": State(
        "could not take up resources, and could not be put back",
        frozenset({UNDEPLOY}),
        "Correct the cause, and import them again: aws cloudformation create-change-set "
        "--change-set-type IMPORT --stack-name {stack} {options} …; then repeat the command.",
    ),
}


def check(account: Account, stack: Stack, task: str) -> None:
    """Raises Refused if the state of the stack does not allow the task."""
    state = STATES.get(stack.status)
    if state is None:
        raise Refused(
            f"{named(account, stack.name)} is in the state {stack.status}, which is not known "
            "here: look at it in the console of CloudFormation."
        )
    if task in state.allows:
        return
    remedy = state.remedy.format(stack=stack.name, options=" ".join(account.options))
    raise Refused(
        f"{named(account, stack.name)} {state.happened} ({stack.status}){_causes(account, stack)}. "
        f"{remedy}"
    )


def _causes(account: Account, stack: Stack) -> str:
    if not stack.status.endswith("_FAILED"):
        return ""
    try:
        reasons = failures(account, stack)
    except Refused:  # a role that only compares may not list resources
        return ""
    return f": {'; '.join(reasons)}" if reasons else ""


def missing(account: Account, name: str) -> str:
    """The sentence for a stack that was not found, without a remedy."""
    return f"There is no stack {name} in {account}"


def named(account: Account, name: str) -> str:
    return f"The stack {name} ({account})"
