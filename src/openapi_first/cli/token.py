"""`contract token`: mints a token that the stage accepts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from openapi_first.cli.options.argument_types import claim, seconds
from openapi_first.cli.options.shared import Commands


def add_token(commands: Commands) -> None:
    command = commands.add_parser(
        "token",
        help="mint a token that the stage accepts",
        description="Prints a token for operations behind a `jwt` or `cognito_user_pools` "
        "authorizer. `contract serve --jwks FILE` accepts it.",
        epilog="example: contract token --pool eu-west-1_AbC --audience shop --claim sub=me",
    )
    command.add_argument(
        "--jwks",
        type=Path,
        default=Path("build/jwks.json"),
        metavar="FILE",
        help="the key set to sign with; made if it does not exist; default: %(default)s",
    )
    issuer = command.add_mutually_exclusive_group(required=True)
    issuer.add_argument("--issuer", metavar="URL", help="the issuer, if it is not a user pool")
    issuer.add_argument(
        "--pool", metavar="ID", help="the user pool that issues it, as eu-west-1_AbC"
    )
    command.add_argument("--audience", metavar="ID", help="the client it is for")
    command.add_argument(
        "--scope", action="append", default=[], help="makes it an access token; may be repeated"
    )
    command.add_argument(
        "--claim",
        action="append",
        default=[],
        type=claim,
        metavar="NAME=VALUE",
        help="another claim; may be repeated",
    )
    command.add_argument(
        "--expires-in",
        type=seconds,
        default=3600,
        metavar="SECONDS",
        help="how long it is valid; default: %(default)s",
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.stage.access.tokens import KeySet, make_key_set

    issuer = options.issuer
    if issuer is None:
        region = options.pool.partition("_")[0]
        issuer = f"https://cognito-idp.{region}.amazonaws.com/{options.pool}"
    claims: dict[str, Any] = {"sub": "local", "token_use": "access" if options.scope else "id"}
    if options.scope:
        claims["scope"] = " ".join(options.scope)
    if options.audience is not None:
        # An access token of a user pool has no `aud`; it names its client.
        client = options.scope and options.pool is not None
        claims["client_id" if client else "aud"] = options.audience
    if not options.jwks.exists():
        make_key_set(options.jwks)
        print(f"{options.jwks}: a new key set, with its private key", file=sys.stderr)
    key_set = KeySet(options.jwks)
    claims |= dict(options.claim)
    print(key_set.mint(claims, issuer=issuer, seconds=options.expires_in))
    return 0
