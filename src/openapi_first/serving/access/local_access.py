"""What lets callers in on this machine: keys, tokens, and stand-ins for missing authorizers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openapi_first.serving.access.local_tokens import (
    LocalToken,
    local_key_set,
    local_tokens,
    methods_by_authorizer,
    needs_tokens,
)
from openapi_first.serving.access.places import place_of
from openapi_first.serving.access.stand_in import StandIn
from openapi_first.stage.access.tokens import KeySet
from openapi_first.stage.api.rest_api import Authorizer, RestApi
from openapi_first.stage.functions.registry import function_name
from openapi_first.stage.messages.invoker import InvokerError

Schemes = Mapping[str, Mapping[str, Any]] | None
"""The contract's security schemes by name; None for an import document."""


@dataclass(frozen=True, slots=True)
class LocalAccess:
    """`stand_ins` are by the name of the missing function. `warnings` name the authorizers that
    accept nothing which is known here."""

    key_set: KeySet | None = None
    tokens: tuple[LocalToken, ...] = ()
    stand_ins: Mapping[str, StandIn] = field(default_factory=dict)
    schemes: Schemes = None
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        api: RestApi,
        stage_variables: Mapping[str, str],
        given: KeySet | None,
        functions: Iterable[str],
        *,
        schemes: Schemes,
        key_folders: tuple[Path, Path],
        with_refused: bool,
    ) -> LocalAccess:
        """The access to an API. `given` are keys that the user has, `functions` the names of those
        that run here. Keys are kept in the first of the `key_folders`, or else in the second."""
        missing = dict(_without_function(api, stage_variables, frozenset(functions)))
        names = {authorizer.name for authorizer in missing}
        key_set = given
        if key_set is None and needs_tokens(api, names):
            key_set = local_key_set(*key_folders)
        if key_set is None:
            return cls()
        tokens: tuple[LocalToken, ...] = ()
        if key_set.can_sign:
            tokens = local_tokens(
                api, key_set, with_refused=with_refused, stand_ins=names, schemes=schemes
            )
        stand_ins = dict(_stand_ins(missing, api, tokens, key_set))
        if not key_set.can_sign:
            return cls(key_set, stand_ins=stand_ins)
        return cls(key_set, tokens, stand_ins, schemes, tuple(_warnings(api, names, tokens)))

    def console_tokens(self, api: RestApi) -> Mapping[str, str]:
        """What the console signs in with, by security scheme: as an `http` scheme takes it, and as
        it is sent for another one. Of two tokens of a scheme, the one that more methods accept."""
        found: dict[str, str] = {}
        for authorizer, methods in methods_by_authorizer(api).items():
            own = [each for each in self.tokens if each.authorizer == authorizer.name]
            if not own:
                continue
            best = max(own, key=lambda token: sum(map(token.fits, methods)))
            scheme = None if self.schemes is None else self.schemes.get(authorizer.name, {})
            is_key = scheme is None or scheme.get("type") == "apiKey"
            place = place_of(authorizer, scheme)
            takes_prefix = is_key and place.name != "Cookie"
            found[authorizer.name] = f"{place.prefix if takes_prefix else ''}{best.value}"
        return found


def _without_function(
    api: RestApi, stage_variables: Mapping[str, str], functions: frozenset[str]
) -> Iterator[tuple[Authorizer, str]]:
    """The Lambda authorizers whose functions do not run here, each with the function's name."""
    for authorizer in methods_by_authorizer(api):
        if authorizer.kind.calls_function:
            try:
                name = function_name(authorizer.uri, stage_variables)
            except InvokerError:
                continue
            if name is not None and name not in functions:
                yield authorizer, name


def _stand_ins(
    missing: Mapping[Authorizer, str],
    api: RestApi,
    tokens: Iterable[LocalToken],
    key_set: KeySet,
) -> Iterator[tuple[str, StandIn]]:
    methods = methods_by_authorizer(api)
    for name in dict.fromkeys(missing.values()):
        served = [authorizer for authorizer, function in missing.items() if function == name]
        names = {each.name for each in served}
        yield (
            name,
            StandIn(
                name,
                key_set,
                tuple(method for each in served for method in methods[each]),
                frozenset(each.value for each in tokens if each.authorizer in names),
            ),
        )


def _warnings(api: RestApi, stand_ins: set[str], tokens: Iterable[LocalToken]) -> Iterator[str]:
    known = {each.authorizer for each in tokens}
    for authorizer in methods_by_authorizer(api):
        local = not authorizer.kind.calls_function or authorizer.name in stand_ins
        if local and authorizer.name not in known:
            yield (
                f"{authorizer.name}: no token could be made that matches "
                f"{authorizer.token_pattern}; `contract token` makes one with your own claims"
            )
