"""The configuration of a Lambda function, and the environment variables that follow from it.

AWS Lambda: configuration-envvars. A function sees its own variables and those that Lambda sets,
never those of the shell that started the stage: what works here then works on AWS.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import openapi_first
from openapi_first.aws.runtimes import PYTHON
from openapi_first.stage.functions.worker import LAYER_PATH

_PACKAGES = Path(openapi_first.__file__).resolve().parents[1]
# An interpreter may need these to start at all.
_INHERITED = (
    "PATH",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "TMPDIR",
    "LANG",
    "LC_ALL",
    "SSL_CERT_FILE",
)
_PYTHONPATH = "PYTHONPATH"
_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionConfiguration:
    """`handler` is `module.attribute`, found below `task_root` or on PYTHONPATH.

    `opt` is the folder that stands for /opt, where layers are. `runtime` is Lambda's identifier of
    a function that is deployed without an image. Timeouts are in seconds.
    """

    handler: str
    task_root: Path
    opt: Path | None = None
    runtime: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    name: str = "local"
    version: str = "$LATEST"
    memory_mb: int = 512
    timeout: float = 25.0
    init_timeout: float = 30.0
    region: str = "us-east-1"
    account_id: str = "123456789012"
    on_output: Callable[[str], None] | None = None
    """Called with each line the function prints. Without it, they go where the stage's own go."""
    preload: tuple[str, ...] = ()
    """Modules that a process may import before it has the function's code, while it waits for it.
    A function that is debugged has no such process."""
    debug_port: int | None = None
    """Where a debugger may attach. Nothing has a time limit then, and one worker ends before the
    next starts, so that the port is free."""

    @property
    def arn(self) -> str:

        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:{self.name}"

    def variables(self, log_stream: str) -> dict[str, str]:
        """The environment of a worker process; the function's own variables win."""
        variables = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        variables |= {
            **self._common_variables(),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
            "LAMBDA_TASK_ROOT": str(self.task_root),
            "TZ": ":UTC",
            "_HANDLER": self.handler,
            **self.environment,
        }
        if self.runtime:
            variables.setdefault("AWS_EXECUTION_ENV", f"AWS_Lambda_{self.runtime}")
        if self.opt is not None:
            _append(variables, "PATH", self.opt / "bin")
            _append(variables, "LD_LIBRARY_PATH", self.opt / "lib")
            # As on Lambda, a PYTHONPATH of the function replaces these.
            if _PYTHONPATH not in self.environment:
                variables[LAYER_PATH] = os.pathsep.join(map(str, self._layer_folders(self.opt)))
        # The worker itself must be importable, but after the function's own modules.
        own = self.environment.get(_PYTHONPATH, "").split(os.pathsep)
        variables[_PYTHONPATH] = os.pathsep.join(
            filter(None, (*map(self._local, own), str(_PACKAGES)))
        )
        return variables

    def _layer_folders(self, opt: Path) -> tuple[Path, Path]:
        """In the order in which Lambda searches them (AWS Lambda: python-package, "Search path for
        runtime dependencies")."""
        here = f"python{sys.version_info.major}.{sys.version_info.minor}"
        # A layer is built for the function's runtime, which may be another one than this Python.
        version = self.runtime if PYTHON.fullmatch(self.runtime) else here
        return opt / "python" / "lib" / version / "site-packages", opt / "python"

    def _local(self, folder: str) -> str:
        """Where a folder of Lambda is on this machine."""
        for there, here in (("/var/task", self.task_root), ("/opt", self.opt)):
            if here is not None and (folder == there or folder.startswith(f"{there}/")):
                return f"{here}{folder.removeprefix(there)}"
        return folder

    def container_variables(self) -> dict[str, str]:
        """The environment of a container; the emulator in it sets Lambda's other variables."""
        # The emulator counts whole seconds.
        timeout = str(max(1, math.ceil(self.timeout)))
        return {
            **self._common_variables(),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": timeout,
            **self.environment,
        }

    def _common_variables(self) -> dict[str, str]:
        variables = {
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": self.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory_mb),
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }
        if not any(name in self.environment for name in _CREDENTIALS):
            # A function that was given no credentials must not find those in ~/.aws.
            variables |= {
                "AWS_ACCESS_KEY_ID": "local",
                "AWS_SECRET_ACCESS_KEY": "local",
                "AWS_SESSION_TOKEN": "local",
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                "AWS_EC2_METADATA_DISABLED": "true",
            }
        return variables


def _append(variables: dict[str, str], name: str, folder: Path) -> None:
    variables[name] = os.pathsep.join(filter(None, (variables.get(name), str(folder))))
