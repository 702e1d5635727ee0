"""The tokens of a local stage, by what a test knows of them: the authorizer and the method."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openapi_first.serving.access.local_tokens import LocalToken


def by_authorizer(tokens: Iterable[LocalToken], *, for_scopes: bool) -> Mapping[str, str]:
    """What the authorizers accept, by their names: for methods with scopes, or without."""
    return {each.authorizer: each.value for each in tokens if each.for_scopes in (None, for_scopes)}
