"""The tokens of a local stage, by what a test knows of them: the authorizer and the method."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from openapi_first.core.temporary_folder import temporary_folder
from openapi_first.serving.access.local_tokens import KEY_FILE, LocalToken
from openapi_first.stage.access.tokens import KeySet, make_key_set


def by_authorizer(tokens: Iterable[LocalToken], *, for_scopes: bool) -> Mapping[str, str]:
    """What the authorizers accept, by their names: for methods with scopes, or without."""
    return {each.authorizer: each.value for each in tokens if each.for_scopes in (None, for_scopes)}


@cache
def process_keys() -> KeySet:
    """The keys of all stages in this process: to make some takes longer than a test."""
    with temporary_folder() as folder:
        path = folder / KEY_FILE.name
        make_key_set(path)
        return KeySet(path)
