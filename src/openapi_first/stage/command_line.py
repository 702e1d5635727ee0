"""The command-line options that turn things of a stage on, and the command that mints a token.

Nothing of the stage is imported before a command runs: `--help` should not wait for a web server.
`openapi_first.stage.options` makes sense of what is parsed here.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


_KEY_SET = Path("build/jwks.json")


def add_gateway_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that `openapi_first.stage.options.gateway_options` reads."""
    plans = parser.add_argument_group(
        "usage plan, for the one key; without these nothing is metered"
    )
    plans.add_argument("--rate", type=_positive, metavar="N", help="requests per second")
    plans.add_argument(
        "--burst", type=_count, metavar="N", help="requests at once; default: the rate"
    )
    plans.add_argument("--quota", metavar="N/PERIOD", help="requests per period, as in 1000/MONTH")
    plans.add_argument(
        "--plans", type=Path, metavar="FILE", help="several keys and plans, from a YAML file"
    )
    plans.add_argument(
        "--usage-file", type=Path, metavar="FILE", help="keep the counters over a restart"
    )
    others = parser.add_argument_group("authorizers and other functions")
    others.add_argument(
        "--jwks", type=Path, metavar="FILE", help="the keys that tokens are verified with"
    )
    others.add_argument(
        "--function",
        action="append",
        default=[],
        type=_function,
        metavar="NAME=package.module.handler",
        help="the handler of another function that the document names, such as an authorizer",
    )
    parser.add_argument(
        "--raw-logs", action="store_true", help="the function's output as it is, not prettified"
    )


def add_token_command(commands: Commands) -> None:
    """Add `token`, which mints a token that `--jwks` verifies."""
    token = commands.add_parser(
        "token",
        help="mint a token that the stage accepts",
        epilog="example: contract token --pool eu-west-1_AbC --claim sub=me; "
        "then: contract serve ... --jwks build/jwks.json",
    )
    token.add_argument(
        "--jwks",
        type=Path,
        default=_KEY_SET,
        metavar="FILE",
        help="the key set to sign with; made if it is not there; default: %(default)s",
    )
    who = token.add_mutually_exclusive_group(required=True)
    who.add_argument("--issuer", metavar="URL")
    who.add_argument("--pool", metavar="ID", help="the user pool that issues it, as eu-west-1_AbC")
    token.add_argument("--audience", metavar="ID", help="the client it is for")
    token.add_argument(
        "--scope", action="append", default=[], help="makes it an access token; may be repeated"
    )
    token.add_argument(
        "--claim", action="append", default=[], type=_claim, metavar="NAME=VALUE", help="any other"
    )
    token.add_argument(
        "--expires-in", type=float, default=3600, metavar="SECONDS", help="default: %(default)s"
    )
    token.set_defaults(run=_token)


def _token(options: argparse.Namespace) -> int:
    from openapi_first.stage.access.tokens import KeySet, KeySetError, make_key_set

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
    try:
        if not options.jwks.exists():
            make_key_set(options.jwks)
            sys.stderr.write(f"{options.jwks}: a new key set, with its private key\n")
        minted = KeySet(options.jwks).mint(
            {**claims, **dict(options.claim)}, issuer=issuer, seconds=options.expires_in
        )
    except KeySetError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{minted}\n")
    return 0


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, 0 or more")
    return int(text)


def _function(text: str) -> tuple[str, str]:
    name, _, handler = text.partition("=")
    if not name or "." not in handler:
        raise argparse.ArgumentTypeError(f"{text!r} is not as in guard=package.module.handler")
    return name, handler


def _claim(text: str) -> tuple[str, Any]:
    """JSON if it is, else text: `admin=true` is a boolean, `sub=me` a string."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not as in sub=me")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
