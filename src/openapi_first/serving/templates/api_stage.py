"""One REST API of a template on a separate port: its stage changes with the template."""

from __future__ import annotations

import asyncio
import socket
from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from openapi_first.serving.access.local_access import LocalAccess
from openapi_first.serving.errors import CannotServe
from openapi_first.serving.screen.request_lines import print_access, print_ending
from openapi_first.serving.screen.welcome import Greeting
from openapi_first.serving.templates.declaration import ApiBuild
from openapi_first.serving.templates.keys import DeclaredKeys, declared_keys
from openapi_first.stage.access.tokens import KeySet
from openapi_first.stage.app import Stage
from openapi_first.stage.functions.registry import NoFunction
from openapi_first.stage.http.server import serve
from openapi_first.stage.messages.invoker import Invoker
from openapi_first.stage.messages.settings import Settings
from openapi_first.stage.usage.usage_plans import PlanError

_NOT_DECLARED = "declare it in the template"


@dataclass(frozen=True, slots=True)
class StageOptions:
    """What the stages of all APIs share. `api_key` is the value of keys that have none, `key_set`
    verifies tokens; the keys of local tokens are in the first of the `key_folders`, or else in the
    second."""

    api_key: str
    key_folders: tuple[Path, Path]
    settings: Settings
    key_set: KeySet | None = None
    usage_file: Path | None = None
    with_refused: bool = False


class ApiStage:
    """An ASGI application that serves an API of a template. `invokers` are the template's
    functions, a mapping that changes with it."""

    def __init__(
        self,
        api: ApiBuild,
        invokers: Mapping[str, Invoker],
        listener: socket.socket,
        options: StageOptions,
    ) -> None:
        """Raises UserError."""
        self.api = api
        self._invokers = invokers
        self._listener = listener
        self._options = options
        self._stand_ins: dict[str, Invoker] = {}
        self.access = LocalAccess()
        self.keys = DeclaredKeys((), None)
        self._stage: Stage | None = None
        self._app: ASGIApp
        self.prepare(api)()

    @property
    def logical_id(self) -> str:
        return self.api.declared.logical_id

    @property
    def base_url(self) -> str:
        host, port = self._listener.getsockname()[:2]
        origin = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        in_path = self._options.settings.stage_in_path
        return f"{origin}/{self.api.declared.stage}" if in_path else origin

    @property
    def warnings(self) -> tuple[str, ...]:
        """What differs from AWS for this API."""
        assert self._stage is not None
        return (*self.keys.notes, *self.access.warnings, *self._stage.warnings)

    @property
    def greeting(self) -> Greeting:
        build = self.api.build
        return Greeting(
            build.api,
            build.version,
            build.operations,
            self.base_url,
            keys=self.keys.keys,
            tokens=self.access.tokens,
            stand_ins=tuple(self.access.stand_ins),
        )

    def prepare(self, api: ApiBuild) -> _Change:
        """What changes the stage to another build of the API. Nothing has changed yet when this
        raises UserError."""
        options, declared, build = self._options, api.declared, api.build
        try:
            keys = declared_keys(declared, options.api_key)
        except CannotServe as error:
            raise CannotServe(f"{api.place}: {error}") from None
        access = LocalAccess.of(
            build.api,
            build.stage_variables,
            options.key_set,
            api.functions,
            schemes=None,
            key_folders=options.key_folders,
            with_refused=options.with_refused,
        )
        same = (
            self._stage is not None
            and self.keys == keys
            and self.api.declared.stage == declared.stage
            and self.access.tokens == access.tokens
            and (self.access.key_set is None) == (access.key_set is None)
        )
        stage = self._stage if same and self._stage is not None else self._made(api, keys, access)
        return _Change(self, api, keys, access, stage)

    def _made(self, api: ApiBuild, keys: DeclaredKeys, access: LocalAccess) -> Stage:
        options, declared, build = self._options, api.declared, api.build
        stand_ins: MutableMapping[str, Invoker] = self._stand_ins
        functions: ChainMap[str, Invoker] = ChainMap(self._invokers, stand_ins)  # type: ignore[arg-type]
        try:
            return Stage(
                build.document,
                name=declared.stage,
                stage_variables=build.stage_variables,
                api_keys=keys.keys,
                usage_plans=keys.plans,
                usage_file=options.usage_file,
                key_set=access.key_set,
                invoker=NoFunction(_NOT_DECLARED),
                functions=functions,
                origin=build.origin,
                tokens=access.console_tokens(build.api),
                on_access=print_access,
                settings=options.settings,
            )
        except (ValueError, PlanError) as error:
            raise CannotServe(f"{api.place}: {error}") from None

    def changed(self, api: ApiBuild, keys: DeclaredKeys, access: LocalAccess, stage: Stage) -> None:
        """Serves another build, which `prepare` has made."""
        self._stand_ins.clear()
        self._stand_ins.update(access.stand_ins)
        if stage is self._stage:
            build = api.build
            stage.replace_document(build.document, build.stage_variables, build.origin)
        else:
            self.close()
            self._stage, self._app = stage, stage.app
        self.api, self.keys, self.access = api, keys, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def serve(self, stop: asyncio.Event) -> None:
        await serve(self, listener=self._listener, stop=stop, on_wait=print_ending)

    def close(self) -> None:
        if self._stage is not None:
            self._stage.close()


@dataclass(frozen=True, slots=True)
class _Change:
    """Calling it changes the stage."""

    owner: ApiStage
    api: ApiBuild
    keys: DeclaredKeys
    access: LocalAccess
    stage: Stage

    def __call__(self) -> None:
        self.owner.changed(self.api, self.keys, self.access, self.stage)
