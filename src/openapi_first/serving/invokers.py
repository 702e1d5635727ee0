"""Where `contract serve` runs the function: in processes here, in containers, or elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.functions.container import FunctionImage
from openapi_first.stage.functions.deployed import DeployedFunction
from openapi_first.stage.functions.endpoint import FunctionEndpoint
from openapi_first.stage.functions.pool import FunctionEnvironments
from openapi_first.stage.messages.invoker import InitError

_HASH_LABEL = "contract.sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionTarget:
    """Which function to invoke: one of `handler`, `image`, `endpoint_url` and `deployed` is given,
    or none for an API without operations that functions serve.

    `handler` runs in processes here, for a mock with the variables `mock`; `image` in containers of
    the Docker engine, under the emulator file `emulator` when the image has none; `endpoint_url` is
    the `http://host:port` of a Runtime Interface Emulator that already runs; `deployed` is the name
    or ARN of a function on AWS.
    """

    handler: str | None = None
    image: str | None = None
    endpoint_url: str | None = None
    deployed: str | None = None
    mock: Mapping[str, str] | None = None
    emulator: Path | None = None

    def __str__(self) -> str:
        if self.mock is not None:
            return "the mock"
        return self.handler or self.image or self.endpoint_url or self.deployed or ""

    @property
    def is_given(self) -> bool:
        return bool(str(self))

    @property
    def elsewhere(self) -> bool:
        """Whether the function already runs, with an environment that is not ours to set."""
        return self.endpoint_url is not None or self.deployed is not None

    def invoker(
        self, configuration: FunctionConfiguration, concurrency: int, contract_hash: str | None
    ) -> FunctionEnvironments | FunctionEndpoint | DeployedFunction:
        """The invoker, not started yet. Raises InitError when there is nothing to start.

        `concurrency` is the most environments at a time; an emulator by URL has only one. An image
        that was built from a contract has to be built from the one with the `contract_hash`.
        """
        if self.endpoint_url is not None:
            return FunctionEndpoint(self.endpoint_url)
        if self.deployed is not None:
            return DeployedFunction(self.deployed, concurrency=concurrency)
        if self.image is None:
            return FunctionEnvironments(configuration, concurrency=concurrency)
        image = FunctionImage.find(self.image, self.emulator)
        built_from = image.labels.get(_HASH_LABEL)
        if built_from and contract_hash and built_from != contract_hash:
            raise InitError(
                f"the image {self.image} was built from another contract than this one: "
                "build it again (`make image`)"
            )
        return FunctionEnvironments(configuration, concurrency=concurrency, start=image.start)
