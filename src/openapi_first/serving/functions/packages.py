"""Where the code and the layers of a function are on this machine.

AWS Lambda: configuration-layers, python-layers, packaging-layers. Folders are used as they are, so
that a change of a file counts; ZIP files are unpacked once, when the function first starts.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openapi_first.aws.quotas import CODE_BYTES, LAYERS
from openapi_first.aws.runtimes import INLINE_MODULE, SDK
from openapi_first.serving.functions.archives import (
    UnusableCode,
    check_archive,
    copy_tree,
    unpack,
)
from openapi_first.templates.model import DeclaredFunction

BUILT = Path(".aws-sam", "build", "template.yaml")
_MISSING = re.compile(r"ModuleNotFoundError: No module named '([^'.]+)")
_HIDDEN = re.compile(r"module '([^'.]+)' has no attribute|'([^'.]+)' is not a package")
_REQUIREMENTS = "requirements.txt"
_PYTHON = "python"
_OF_OPT = frozenset({_PYTHON, "bin", "lib", "nodejs", "java", "ruby", "extensions", "etc", "share"})
"""Folders that a layer has for Lambda (AWS Lambda: packaging-layers, runtimes-extensions-api)."""
_MEGABYTE = 1 << 20

_CFNRESPONSE = '''"""Sends the result of a custom resource to CloudFormation."""

import json
import urllib.request

SUCCESS = "SUCCESS"
FAILED = "FAILED"


def send(
    event,
    context,
    responseStatus,
    responseData,
    physicalResourceId=None,
    noEcho=False,
    reason=None,
):
    body = {
        "Status": responseStatus,
        "Reason": reason or f"See the log stream {context.log_stream_name}",
        "PhysicalResourceId": physicalResourceId or context.log_stream_name,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "NoEcho": noEcho,
        "Data": responseData,
    }
    request = urllib.request.Request(
        event["ResponseURL"], json.dumps(body).encode(), {"Content-Type": ""}, method="PUT"
    )
    urllib.request.urlopen(request).close()
'''
"""The module that Lambda puts beside inline code (AWS CloudFormation:
cfn-lambda-function-code-cfnresponsemodule)."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The folders that stand for /var/task and /opt."""

    task_root: Path
    opt: Path | None = None


@dataclass(frozen=True, slots=True)
class FunctionPackage:
    """The package of a function, to be placed below `folder`, which is for it alone."""

    function: DeclaredFunction
    folder: Path

    def check(self) -> None:
        """Raises UnusableCode for what can be seen without unpacking anything."""
        function = self.function
        if function.code is not None:
            sizes = [_checked(function.code, "the code", "CodeUri")]
            sizes += [_checked(layer, "a layer", "Layers") for layer in function.layers]
            if sum(sizes) > CODE_BYTES.limit:
                raise UnusableCode(
                    f"the ZIP files of code and layers have {sum(sizes) // _MEGABYTE} MB unzipped; "
                    f"Lambda takes {CODE_BYTES.limit // _MEGABYTE} MB together"
                )
        elif function.source is None:
            raise UnusableCode(function.reason or "the template names no code: add CodeUri")

    def notes(self) -> Iterator[str]:
        """A sentence for each part that works differently on Lambda."""
        layers = self.function.layers
        if len(layers) > LAYERS.limit:
            yield f"has {len(layers)} layers; Lambda takes {LAYERS.limit}"
        for layer in layers:
            if _is_source_of_layer(layer):
                yield (
                    f"the layer {layer} has no folder `{_PYTHON}`: its modules are used as "
                    "`sam build` places them (Metadata: BuildMethod); without a BuildMethod Lambda "
                    "does not find them"
                )

    def place(self) -> Placed:
        """Unpacks and merges what needs it. Raises UnusableCode."""
        self.check()
        # Not on top of what an earlier state of the files has left, which may still run.
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=self.folder))
        return Placed(self._task_root(fresh / "task"), self._opt(fresh / "opt"))

    def _task_root(self, folder: Path) -> Path:
        code, source = self.function.code, self.function.source
        if code is not None and code.is_dir():
            return code.absolute()
        folder.mkdir()
        if code is not None:
            unpack(code, folder)
        else:
            suffix = ".py" if self.function.runtime.startswith(_PYTHON) else ".js"
            (folder / INLINE_MODULE).with_suffix(suffix).write_text(source or "", encoding="utf-8")
            if suffix == ".py":
                (folder / "cfnresponse.py").write_text(_CFNRESPONSE, encoding="utf-8")
        return folder

    def _opt(self, folder: Path) -> Path | None:
        """A single folder is used as it is, others are merged: the later ones win."""
        layers = self.function.layers
        if not layers:
            return None
        if len(layers) == 1 and layers[0].is_dir() and not _is_source_of_layer(layers[0]):
            return layers[0].absolute()
        folder.mkdir()
        for layer in layers:
            if not layer.is_dir():
                unpack(layer, folder)
            elif _is_source_of_layer(layer):
                (folder / _PYTHON).mkdir(exist_ok=True)
                copy_tree(layer, folder / _PYTHON)
            else:
                copy_tree(layer, folder)
        return folder

    def advice(self, error: str) -> str:
        """What to do about a module that is not found, or another than the function's own, as far
        as the files say it."""
        hidden = _HIDDEN.search(error)
        name = hidden and (hidden[1] or hidden[2])
        if name in sys.stdlib_module_names and re.match(rf"{name}[./]", self.function.handler):
            return (
                f"{name} is a module of Python itself, which a runtime has loaded before the "
                "function: call yours otherwise, and correct Handler"
            )
        missing = _MISSING.search(error)
        if missing is None:
            return ""
        if missing[1] in SDK:
            return (
                f"Lambda's runtime has {missing[1]}; install it in the environment of `contract`: "
                "pip install boto3"
            )
        named = [self.function.code, *self.function.layers]
        sources = [each for each in named if each is not None and (each / _REQUIREMENTS).is_file()]
        if not sources or BUILT.parts[0] in sources[0].absolute().parts:
            return ""
        return (
            f"{sources[0] / _REQUIREMENTS} lists packages that may not be installed: run "
            f"`sam build` and serve {BUILT}, or install them in the environment of `contract`: "
            f"pip install -r {sources[0] / _REQUIREMENTS}"
        )


def _checked(path: Path, what: str, field: str) -> int:
    """The bytes of a ZIP file that is there; 0 for a folder. Raises UnusableCode."""
    if path.is_dir():
        if not os.access(path, os.R_OK | os.X_OK):
            raise UnusableCode(f"{path}: {what} cannot be read: change the folder's permissions")
        return 0
    if not path.exists():
        hint = ": run `sam build`" if BUILT.parts[0] in path.parts else ""
        raise UnusableCode(f"{path}: {what} is not there{hint or f'; correct {field}'}")
    if not path.is_file():
        raise UnusableCode(f"{path}: {what} has to be a folder or a ZIP file")
    try:
        return check_archive(path)
    except UnusableCode as error:
        raise UnusableCode(f"{error}. {field} has to name a folder or a ZIP file") from None


def _is_source_of_layer(layer: Path) -> bool:
    """Whether `sam build` would place the modules of a folder, which has none of Lambda's own."""
    if not layer.is_dir():
        return False
    names = list(layer.iterdir())
    if any(each.name in _OF_OPT and each.is_dir() for each in names):
        return False
    return (
        any(each.suffix == ".py" or (each / "__init__.py").is_file() for each in names)
        or (layer / _REQUIREMENTS).is_file()
    )
