"""Runs `make deploy`, `make undeploy`, `make diff-deployed` and `make contract-test-deployed`.

Exits with 0 if it is done, 1 if a check failed or AWS rolled back, 2 if it could not start.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from deployment import aws, samconfig
from deployment.aws import Refused
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import contract_hash

ROOT = Path(__file__).resolve().parents[1]
_CONFIG = ROOT / "samconfig.toml"
_DOCUMENT = Path("build/openapi.gateway.json")
_PARAMETERS = Path("build/parameters.yaml")
_OVERRIDES = ("--parameter-overrides", f"file://{_PARAMETERS}")
_ANY_ORIGIN = "*"
_STAYS = {
    "TableName": "the table",
    "FunctionLogGroup": "the function's log, until its events expire",
    "AccessLogGroup": "the log of requests, until its events expire",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="deployment", description=__doc__)
    parser.add_argument(
        "task", choices=("check", "build", "deploy", "undeploy", "diff", "contract-test")
    )
    parser.add_argument("--sam", default="sam", help="the sam command; default: %(default)s")
    parser.add_argument("--stack", default="", help="default: the one in samconfig.toml")
    parser.add_argument(
        "--parameters", default="", help="NAME=VALUE ..., in addition to the saved ones"
    )
    parser.add_argument("--prebuilt", action="store_true", help="deploy the result of `build`")
    options = parser.parse_args(arguments)
    try:
        parameters = samconfig.parsed(options.parameters)
        if options.task == "build":
            return _build(options.sam, {"Revision": _revision(), **parameters})
        aws.check_credentials()
        if options.task == "deploy":
            return _deploy(options.sam, options.stack, parameters, options.prebuilt)
        if options.task == "undeploy":
            return _undeploy(options.sam, options.stack)
        if options.task == "diff":
            return _diff(options.stack or _saved().stack or "")
        if options.task == "contract-test":
            return _contract_test(options.stack or _saved().stack or "")
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 2
    return 0


def _saved() -> samconfig.Saved:
    return samconfig.read(_CONFIG) if _CONFIG.exists() else samconfig.Saved()


def _deploy(sam: str, stack: str, given: Mapping[str, str], prebuilt: bool) -> int:
    guided = not stack and not _CONFIG.exists()
    if guided and not sys.stdin.isatty():
        raise Refused(
            "There is no samconfig.toml yet: run `make deploy` in a terminal, which asks for the "
            "settings and saves them, or name a stack: make deploy STACK=items-staging"
        )
    # A stack named on the command line has its own parameters, not those of the saved stack.
    saved = {} if stack else _saved().parameters
    parameters = {**saved, "Revision": _revision(), **given}
    status = _write_inputs(parameters) if prebuilt else _build(sam, parameters)
    if status == 0:
        status = _run(sam, "deploy", *_OVERRIDES, *_deploy_options(stack, guided))
    if status == 0 and guided and _CONFIG.exists():
        chosen = _saved().parameters.get("AllowOrigin", _ANY_ORIGIN)
        if chosen != parameters.get("AllowOrigin", _ANY_ORIGIN):
            print(f"Deploying again, so that the import document allows {chosen} too.")
            return _deploy(sam, stack, given, prebuilt)
    return status


def _build(sam: str, parameters: Mapping[str, str]) -> int:
    return _write_inputs(parameters) or _run(sam, "build", *_OVERRIDES)


def _write_inputs(parameters: Mapping[str, str]) -> int:
    """Writes the parameters to a file, and the import document with the same allowed origins."""
    command = [sys.executable, "-m", "openapi_first", "gateway", "-o", str(_DOCUMENT)]
    for origin in parameters.get("AllowOrigin", _ANY_ORIGIN).split(","):
        command += ["--allow-origin", origin]
    status = _run(*command)
    if status == 0:
        named = {**parameters, "ContractHash": contract_hash(load(ROOT / "openapi.yaml"))}
        # sam reads YAML, which includes JSON, so no value needs quoting for a command line.
        (ROOT / _PARAMETERS).write_text(json.dumps(named), encoding="utf-8")
    return status


def _deploy_options(stack: str, guided: bool) -> list[str]:
    if guided:
        return ["--guided"]
    unattended = ["--no-fail-on-empty-changeset"]
    if stack:
        unattended += ["--stack-name", stack, "--capabilities", "CAPABILITY_IAM"]
        unattended += ["--resolve-s3", "--resolve-image-repos", "--no-confirm-changeset"]
    return unattended


def _undeploy(sam: str, stack: str) -> int:
    stack = stack or _saved().stack or ""
    found = aws.outputs(_named(stack))
    if found is None:
        raise Refused(f"There is no stack {stack} in this account and region.")
    status = _run(sam, "delete", "--stack-name", stack)
    if status == 0 and aws.outputs(stack) is None:
        print("These remain; delete them by hand when they are no longer needed:")
        for name, description in _STAYS.items():
            if name in found:
                print(f"  {found[name]}  {description}")
    return status


def _diff(stack: str) -> int:
    """Compares the contract of the deployed commit with the current one."""
    found = aws.outputs(_named(stack))
    if found is None:
        print(f"There is no stack {stack} yet: nothing to compare with.")
        return 0
    revision = re.match("[0-9a-f]{40}", found.get("Revision", ""))
    if revision is None:
        raise Refused(
            f"The stack {stack} does not say which commit it was deployed from (its output "
            f"Revision is {found.get('Revision', 'missing')}): deploy it once with `make deploy`."
        )
    if found["Revision"] != revision[0]:
        print(f"{stack} was deployed with uncommitted changes to {revision[0]}.")
    with tempfile.TemporaryDirectory() as folder:
        _extract(revision[0], Path(folder))
        command = [sys.executable, "-m", "openapi_first", "diff", f"{folder}/openapi.yaml"]
        return _run(*command, "openapi.yaml")


def _contract_test(stack: str) -> int:
    """Runs the contract tests against the stack's stage, with its API key for contract tests and
    within that key's usage plan."""
    found = aws.outputs(_named(stack))
    if found is None:
        raise Refused(f"There is no stack {stack} in this account and region.")
    if "ContractTestKeyId" not in found:
        raise Refused(
            f"The stack {stack} has no key for contract tests: deploy it with ContractTestKey=on."
        )
    # `contract test` fetches the key by its id, so that the key is on no command line.
    options = f"--api-key-id {found['ContractTestKeyId']} {os.environ.get('ARGS', '')}".rstrip()
    command = ("make", "--no-print-directory", "contract-test", f"ARGS={options}")
    return _run(*command, URL=found["Url"], API_KEY="")


def _extract(revision: str, folder: Path) -> None:
    archive = folder / "revision.tar"
    done = subprocess.run(
        ["git", "archive", "--output", str(archive), revision],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise Refused(
            f"The deployed commit {revision} is not in this clone: fetch the whole history, e.g. "
            f"with `git fetch --unshallow`. git reported: {' '.join(done.stderr.split())}"
        )
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")


def _named(stack: str) -> str:
    if not stack:
        raise Refused("Which stack? There is no samconfig.toml; name it: STACK=items-staging")
    return stack


def _revision() -> str:
    """The commit that is checked out, with `-dirty` if files differ from it."""
    command = ["git", "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def _run(*command: str, **environment: str) -> int:
    sys.stdout.flush()
    try:
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}).returncode
    except FileNotFoundError as error:
        raise Refused(f"{command[0]} cannot be run: {error.strerror}") from error


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
