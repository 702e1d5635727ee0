"""What a Lambda function is configured with, and the environment variables that follow from it.

AWS Lambda: configuration-envvars. A function sees its own variables and those Lambda sets, never
those of the shell that started the stage: what works here then works there.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import openapi_first

_PACKAGES = Path(openapi_first.__file__).resolve().parents[1]
# What an interpreter may need to start at all, on any system.
_INHERITED = (
    "PATH",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "TMPDIR",
    "LANG",
    "LC_ALL",
    "SSL_CERT_FILE",
)
_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionConfiguration:
    """A function: `handler` is `module.attribute`, found below `task_root` or on PYTHONPATH."""

    handler: str
    task_root: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    name: str = "local"
    version: str = "$LATEST"
    memory_mb: int = 512
    timeout: float = 25.0
    init_timeout: float = 30.0
    region: str = "us-east-1"
    account_id: str = "123456789012"
    on_output: Callable[[str], None] | None = None
    """Told each line the function prints. Without it the lines go where the stage's own do."""

    @property
    def arn(self) -> str:
        """What `context.invoked_function_arn` says."""
        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:{self.name}"

    def variables(self, log_stream: str) -> dict[str, str]:
        """The whole environment of a worker process; the function's own variables win."""
        variables = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        variables |= {
            **self._described(),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
            "LAMBDA_TASK_ROOT": str(self.task_root),
            "TZ": ":UTC",
            "_HANDLER": self.handler,
            **self.environment,
        }
        # The worker itself must be importable, after anything the function brings.
        own = self.environment.get("PYTHONPATH")
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, (own, str(_PACKAGES))))
        return variables

    def container_variables(self) -> dict[str, str]:
        """What a container is given; the emulator inside it sets the rest of Lambda's variables."""
        # The emulator counts whole seconds.
        timeout = str(max(1, math.ceil(self.timeout)))
        return {
            **self._described(),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": timeout,
            **self.environment,
        }

    def _described(self) -> dict[str, str]:
        variables = {
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": self.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory_mb),
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }
        if not any(name in self.environment for name in _CREDENTIALS):
            # Nothing in a laptop's ~/.aws may leak into a function that was given no credentials.
            variables |= {
                "AWS_ACCESS_KEY_ID": "local",
                "AWS_SECRET_ACCESS_KEY": "local",
                "AWS_SESSION_TOKEN": "local",
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                "AWS_EC2_METADATA_DISABLED": "true",
            }
        return variables
