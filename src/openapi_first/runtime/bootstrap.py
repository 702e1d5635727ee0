"""The entry point of the Lambda image: the runtime in Lambda, the emulator outside it.

AWS Lambda: images-create, runtimes-api. In Lambda the Runtime API's address is in the environment
and awslambdaric serves it in this very process. Elsewhere the Runtime Interface Emulator takes
this process's place, offers that API on this machine, and starts this program again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

_RUNTIME_API = "AWS_LAMBDA_RUNTIME_API"
_LOG_FORMAT = "AWS_LAMBDA_LOG_FORMAT"
_EMULATOR = "aws-lambda-rie"
# Where AWS's base images have it, and where AWS's documentation mounts it (python-image).
_EMULATOR_FOLDERS = ("/usr/local/bin", "/aws-lambda")


def main(arguments: Sequence[str]) -> int:
    """Serves the handler that the last argument names, as `package.module.function`.

    Arguments that start with `-` are the emulator's own, written `--name=value`. Returns 2, with
    the remedy on stderr, when there is nothing to serve or nothing to serve it with.
    """
    handlers = [argument for argument in arguments if not argument.startswith("-")]
    if len(handlers) != 1:
        return _refused(
            "Name one handler after the image's name, as package.module.function, or set it as "
            f"CMD in the Dockerfile. Given: {' '.join(handlers) or 'none'}."
        )
    if os.environ.get(_RUNTIME_API):
        # Any failure is then one line of JSON in the log, a traceback included. Where Lambda has
        # set a format, that is the operator's choice.
        os.environ.setdefault(_LOG_FORMAT, "JSON")
        from awslambdaric.__main__ import main as serve

        serve([sys.argv[0], handlers[0]])
        return 0
    emulator = find_emulator(os.environ.get("PATH", ""))
    if emulator is None:
        return _refused(
            "Outside AWS Lambda this image needs the Runtime Interface Emulator, and has none. "
            "Mount the folder that holds aws-lambda-rie: docker run -p 127.0.0.1:9000:8080 "
            "-v ~/.aws-lambda-rie:/aws-lambda:ro IMAGE. `make serve-image` does it for you."
        )
    # Lambda sets both; the emulator sets AWS_REGION alone, and botocore reads only the other.
    os.environ.setdefault("AWS_DEFAULT_REGION", os.environ.get("AWS_REGION", "us-east-1"))
    command = command_under_emulator(emulator, sys.executable, sys.orig_argv, arguments)
    os.execv(emulator, command)  # noqa: S606 - no shell is wanted, and the image need not have one
    raise AssertionError("execv returns only by raising OSError")


def find_emulator(path: str) -> str | None:
    """The emulator's file: from the folders of `path` (as in $PATH), else from its usual places."""
    from pathlib import Path  # here, since in Lambda it would cost each start for nothing

    for folder in (*path.split(os.pathsep), *_EMULATOR_FOLDERS):
        file = Path(folder, _EMULATOR)
        if folder and file.is_file() and os.access(file, os.X_OK):
            return str(file)
    return None


def command_under_emulator(
    emulator: str, python: str, original: Sequence[str], arguments: Sequence[str]
) -> list[str]:
    """The emulator's own command line: its flags, then this process's command, the handler last.

    `original` is `sys.orig_argv`, which ends with `arguments`.
    """
    flags = [argument for argument in arguments if argument.startswith("-")]
    handlers = [argument for argument in arguments if not argument.startswith("-")]
    program = original[1 : len(original) - len(arguments)]
    return [emulator, *flags, python, *program, *handlers]


def _refused(remedy: str) -> int:
    import json

    # The keys of awslambdaric's own lines, so that a search of the log finds both alike.
    line = {"level": "ERROR", "errorType": "BootstrapError", "errorMessage": remedy}
    sys.stderr.write(json.dumps(line) + "\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
