"""What a run knows before it sends a request."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from openapi_first.conformance.judging.request_reader import OperationReader, operation_readers
from openapi_first.conformance.model.judged_operations import finished
from openapi_first.conformance.model.run import Options
from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.conformance.requests.request_builder import RequestBuilder
from openapi_first.conformance.roles.collections import Collection
from openapi_first.conformance.roles.gaps import Gap
from openapi_first.conformance.roles.resources import Resource, owner_of, roles_of
from openapi_first.openapi.model import Contract, Operation
from openapi_first.samples.lowered_schemas import LoweredSchemas


@dataclass(frozen=True)
class Setup:
    """`operations` and `readers` are by operationId; `rng` is seeded by the options. `finished` is
    the contract without the operations that have no function yet: roles are inferred from it."""

    contract: Contract
    finished: Contract
    options: Options
    operations: Mapping[str, Operation]
    resources: tuple[Resource, ...]
    gaps: tuple[Gap, ...]
    collections: tuple[Collection, ...]
    singletons: tuple[Resource, ...]
    schemas: LoweredSchemas
    credentials: Credentials
    builder: RequestBuilder
    readers: Mapping[str, OperationReader]
    rng: random.Random

    @classmethod
    def of(cls, contract: Contract, options: Options) -> Setup:
        """Raises ContractError."""
        rng = random.Random(options.seed)  # noqa: S311
        schemas = LoweredSchemas(contract.openapi)
        credentials = Credentials(contract, options.credentials)
        whole = finished(contract, options.unfinished)
        roles = roles_of(whole)
        return cls(
            contract=contract,
            finished=whole,
            options=options,
            operations={operation.id: operation for operation in contract.operations},
            resources=roles.resources,
            gaps=roles.gaps,
            collections=roles.collections,
            singletons=roles.singletons,
            schemas=schemas,
            credentials=credentials,
            builder=RequestBuilder(schemas, credentials, roles.resources, rng),
            readers=operation_readers(contract, schemas),
            rng=rng,
        )

    def owner(self, path: str) -> Resource | None:
        """The resource that must exist before requests to this path template can succeed."""
        return owner_of(self.resources, path)
