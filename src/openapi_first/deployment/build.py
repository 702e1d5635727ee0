"""Builds the image and the template, both for the same parameters as the import document."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from openapi_first.deployment.account.failures import Refused
from openapi_first.deployment.account.programs import revision, run
from openapi_first.deployment.buildkit import builder
from openapi_first.deployment.settings.gateway_options import gateway_options
from openapi_first.deployment.settings.parameters import (
    ARCHITECTURE,
    BASE_IMAGE,
    CONTRACT_HASH,
    REVISION,
)
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import contract_hash
from openapi_first.project.settings import read_project

DOCUMENT = Path("build/openapi.gateway.json")
OVERRIDES = ("--parameter-overrides", "file://build/parameters.yaml")
_PARAMETERS = Path("build/parameters.yaml")
_BUILT = Path(".aws-sam/build/parameters.json")
_OF_THE_FUNCTION = (ARCHITECTURE, "SnapStart")
"""They say how the image is built and how the function is set up: both must be the same."""
_OF_THE_IMAGE = (BASE_IMAGE, REVISION)
"""They only say how the image was built; a stack records those of the image that it gets."""
_RECORDED = (*_OF_THE_FUNCTION, *_OF_THE_IMAGE, CONTRACT_HASH)


@dataclass(frozen=True)
class Built:
    """The parameters for which the image in `.aws-sam/build` was built."""

    parameters: Mapping[str, str]

    @property
    def defaults(self) -> dict[str, str]:
        """What a new stack has to have for the image."""
        names = (*_OF_THE_FUNCTION, BASE_IMAGE)
        return {name: self.parameters[name] for name in names if name in self.parameters}

    def fit(
        self, wanted: Mapping[str, str], given: Mapping[str, str], stack: str
    ) -> dict[str, str]:
        """The wanted parameters with those of the image. Raises Refused with all that differ."""
        faults = [
            f"The image was built for {name}={self.parameters[name]}, and {stack} is to have "
            f"{wanted[name]}: build with `make sam-build PARAMETERS='{name}={wanted[name]}'`, or "
            f"add PARAMETERS='{name}={self.parameters[name]}'."
            for name in (*_OF_THE_FUNCTION, *(each for each in _OF_THE_IMAGE if each in given))
            if name in wanted and self.parameters.get(name, wanted[name]) != wanted[name]
        ]
        if self.parameters.get(CONTRACT_HASH) != wanted[CONTRACT_HASH]:
            faults.append(
                "The image was built for another contract than the one here: check out the "
                f"commit that it was built from ({self.parameters.get(REVISION, 'unknown')}), or "
                "run `make sam-build` again."
            )
        if faults:
            raise Refused("\n".join(faults))
        of_the_image = {
            name: self.parameters[name] for name in _OF_THE_IMAGE if name in self.parameters
        }
        return {**wanted, **of_the_image}


def set_here() -> dict[str, str]:
    """The parameters that say what is deployed."""
    return {REVISION: revision(), CONTRACT_HASH: contract_hash(load(read_project().contract))}


def write_inputs(parameters: Mapping[str, str]) -> int:
    """Writes the parameters to a file, and the import document for the same parameters."""
    command = [sys.executable, "-m", "openapi_first", "gateway", "-o", str(DOCUMENT)]
    status = run(*command, *gateway_options(parameters))
    if status == 0:
        write_parameters(parameters)
    return status


def write_parameters(parameters: Mapping[str, str]) -> None:
    """Writes the file that OVERRIDES names."""
    # sam reads YAML, which includes JSON, so no value needs quoting for a command line.
    _PARAMETERS.write_text(json.dumps(dict(parameters)), encoding="utf-8")


def build(sam: str, parameters: Mapping[str, str], config: Path) -> int:
    """Builds with SAM, and records for which parameters. Raises Refused."""
    status = write_inputs(parameters)
    if status == 0:
        chosen = builder(sam)
        options = (*OVERRIDES, "--config-file", str(config), *chosen.options)
        status = run(sam, "build", *options, **chosen.environment)
    if status == 0:
        _BUILT.parent.mkdir(parents=True, exist_ok=True)
        # Others may be secret, and pipelines store this folder.
        recorded = {name: parameters[name] for name in _RECORDED if name in parameters}
        _BUILT.write_text(json.dumps(recorded), encoding="utf-8")
    return status


def built() -> Built:
    """What `make sam-build` has built. Raises Refused."""
    try:
        found = json.loads(_BUILT.read_text(encoding="utf-8"))
        return Built({name: str(value) for name, value in found.items()})
    except (OSError, ValueError, AttributeError) as error:
        raise Refused(
            f"PREBUILT=1 deploys what was built, and {_BUILT} is missing or damaged: run "
            "`make sam-build` first."
        ) from error
