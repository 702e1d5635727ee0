"""The entry point of the Lambda image: runs awslambdaric in Lambda, and the emulator elsewhere.

AWS: images-create, runtimes-api. In Lambda the environment has the address of the Runtime API, and
awslambdaric runs in this process. Elsewhere this process becomes the Runtime Interface Emulator,
which provides that API on this machine and starts this program again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from openapi_first.runtime.lifecycle.garbage import defer_collection

_RUNTIME_API = "AWS_LAMBDA_RUNTIME_API"
_LOG_FORMAT = "AWS_LAMBDA_LOG_FORMAT"
_EMULATOR = "aws-lambda-rie"
# The folder in AWS's base images, and the one that AWS's documentation mounts (python-image).
_EMULATOR_FOLDERS = ("/usr/local/bin", "/aws-lambda")


def main(arguments: Sequence[str]) -> int:
    """Serves the handler in the last argument, `package.module.function`.

    Arguments of the form `--name=value` are for the emulator. Returns 2, with the remedy on
    stderr, when the handler or the emulator is missing.
    """
    handlers = [argument for argument in arguments if not argument.startswith("-")]
    if len(handlers) != 1:
        return _refused(
            "Name one handler after the image's name, as package.module.function, or set it as "
            f"CMD in the Dockerfile. Found: {' '.join(handlers) or 'none'}."
        )
    if os.environ.get(_RUNTIME_API):
        # Every failure is then one line of JSON in the log, even a traceback. A format that Lambda
        # has set already is the operator's choice.
        os.environ.setdefault(_LOG_FORMAT, "JSON")
        defer_collection()
        from awslambdaric.__main__ import main as serve

        serve([sys.argv[0], handlers[0]])
        return 0
    emulator = find_emulator(os.environ.get("PATH", ""))
    if emulator is None:
        return _refused(
            "Outside AWS Lambda this image needs the Runtime Interface Emulator, which it does not "
            "contain. Mount the folder of aws-lambda-rie: docker run -p 127.0.0.1:9000:8080 "
            "-v ~/.aws-lambda-rie:/aws-lambda:ro IMAGE. `make serve-image` does it for you."
        )
    # Lambda sets both. The emulator sets only AWS_REGION, and botocore reads only the other.
    os.environ.setdefault("AWS_DEFAULT_REGION", os.environ.get("AWS_REGION", "us-east-1"))
    command = command_under_emulator(emulator, sys.executable, sys.orig_argv, arguments)
    os.execv(emulator, command)  # noqa: S606 - needs no shell; the image may not have one
    raise AssertionError("execv returns only by raising OSError")


def find_emulator(path: str) -> str | None:
    """The emulator's file, from the folders of `path` (as in $PATH) or the usual folders."""
    from pathlib import Path  # not at the top: it would slow down each start in Lambda

    for folder in (*path.split(os.pathsep), *_EMULATOR_FOLDERS):
        file = Path(folder, _EMULATOR)
        if folder and file.is_file() and os.access(file, os.X_OK):
            return str(file)
    return None


def command_under_emulator(
    emulator: str, python: str, original: Sequence[str], arguments: Sequence[str]
) -> list[str]:
    """The emulator's command line: its flags, then this process's command, then the handler.

    `original` is `sys.orig_argv`, which ends with `arguments`.
    """
    flags = [argument for argument in arguments if argument.startswith("-")]
    handlers = [argument for argument in arguments if not argument.startswith("-")]
    program = original[1 : len(original) - len(arguments)]
    return [emulator, *flags, python, *program, *handlers]


def _refused(remedy: str) -> int:
    import json

    # The same keys as awslambdaric's own lines, so that one search of the log finds both.
    line = {"level": "ERROR", "errorType": "BootstrapError", "errorMessage": remedy}
    sys.stderr.write(json.dumps(line) + "\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
