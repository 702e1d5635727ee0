"""The types of arguments. Each function returns the value of an argument or says what is allowed.

Nothing slow is imported here: `contract --help` passes through this file.
"""

from __future__ import annotations

import json
import math
import re
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from openapi_first.aws.names import STAGE_NAME, STAGE_VARIABLE
from openapi_first.project.settings import is_handler

_LONGEST = 1e9  # seconds, some 31 years: no clock takes much more
_CONDITION_KEY = re.compile(r"[\w-]+:[\w+.@:/-]+")
_RESERVED_STAGE = "_stage"  # the console's


def _not(text: str, what: str, allowed: str) -> ArgumentTypeError:
    return ArgumentTypeError(f"{text!r} is not {what} ({allowed})")


def output(text: str) -> Path | None:
    """A file to write, or None for standard output, which `-` stands for."""
    return None if text == "-" else Path(text)


def output_file(text: str) -> Path:
    if text == "-":
        raise _not(text, "a file", "this command does not write to standard output")
    return Path(text)


def seconds(text: str) -> float:
    number = _number(text)
    if not abs(number) <= _LONGEST:
        raise _not(text, "a number of seconds", "as in 3600 or 0.5, up to 1000000000")
    return number


def positive_number(text: str) -> float:
    number = _number(text)
    if not 0 < number <= _LONGEST:
        raise _not(text, "a positive number", "above 0, up to 1000000000")
    return number


def percentage(text: str) -> float:
    number = _number(text)
    if not 0 < number <= 100:
        raise _not(text, "a percentage", "above 0, up to 100")
    return number


def _number(text: str) -> float:
    """NaN for what is not a finite number."""
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def integer(text: str) -> int:
    if not re.fullmatch("-?[0-9]{1,18}", text):
        raise _not(text, "a whole number", "of up to 18 digits")
    return int(text)


def count(text: str) -> int:
    number = _natural(text)
    if number is None:
        raise _not(text, "a count", "a whole number, 0 or more")
    return number


def positive_count(text: str) -> int:
    number = _natural(text)
    if not number:
        raise _not(text, "a count", "a whole number, 1 or more")
    return number


def port(text: str) -> int:
    number = _natural(text)
    if number is None or number > 65535:
        raise _not(text, "a port number", "0-65535")
    return number


def _natural(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else None


def stage_name(text: str) -> str:
    """AWS: API_CreateStage."""
    if not STAGE_NAME.fullmatch(text):
        raise _not(text, "a stage name", "1 to 128 letters, digits, hyphens and underscores")
    if text == _RESERVED_STAGE:
        raise _not(text, "a stage name", "the console has that path")
    return text


def api_key(text: str) -> str:
    """AWS: API_CreateApiKey. The message leaves the key out, since logs keep it."""
    from openapi_first.aws.quotas import LONGEST_KEY_CHARACTERS, SHORTEST_KEY_CHARACTERS

    shortest, longest = SHORTEST_KEY_CHARACTERS.limit, LONGEST_KEY_CHARACTERS.limit
    if not shortest <= len(text) <= longest:
        raise ArgumentTypeError(
            f"a string of {len(text)} characters is not an API key "
            f"({shortest} to {longest} characters)"
        )
    return text


def handler(text: str) -> str:
    if not is_handler(text):
        raise _not(
            text, "a handler", "module.function or package.module.function, as in shop.app.handler"
        )
    return text


def function(text: str) -> tuple[str, str]:
    """The name of a function and its handler."""
    name, _, dotted = text.partition("=")
    if not re.fullmatch("[A-Za-z0-9_-]+", name) or not is_handler(dotted):
        raise _not(
            text, "a function", "NAME=package.module.handler, as in guard=shop.guard.handler"
        )
    return name, dotted


def environment_variable(text: str) -> tuple[str, str | None]:
    name, equals, value = text.partition("=")
    if not name:
        raise _not(text, "an environment variable", "NAME or NAME=VALUE")
    return name, value if equals else None


def stage_variable(text: str) -> tuple[str, str]:
    """AWS: API_CreateStage, variables."""
    name, equals, value = text.partition("=")
    if not equals or not STAGE_VARIABLE.fullmatch(name):
        raise _not(
            text, "a stage variable", "NAME=VALUE, the name of letters, digits and underscores"
        )
    return name, value


def template_parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise _not(text, "a parameter", "NAME=VALUE, as in Stage=dev")
    return name, value


def claim(text: str) -> tuple[str, Any]:
    """The value as JSON if it is JSON, else as a string: `admin=true` is a boolean."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise _not(text, "a claim", "NAME=VALUE, as in sub=me")
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value


def quota(text: str) -> tuple[int, str]:
    """Requests, and the period that they are for: DAY, WEEK or MONTH."""
    found = re.fullmatch("([0-9]{1,18})/(DAY|WEEK|MONTH)", text, re.IGNORECASE)
    if found is None:
        raise _not(text, "a quota", "as in 1000/MONTH, 100/WEEK or 10/DAY")
    return int(found[1]), found[2].upper()


def endpoint_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme == "http" and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.path.strip("/"):
        raise _not(text, "an endpoint", "http://host:port")
    return text


def origin(text: str) -> str:
    """RFC 6454 §6.2: a scheme, a host and perhaps a port, in lower case."""
    if not re.fullmatch(r"[a-z][a-z0-9+.-]*://[^\s/,'?#@A-Z]+", text):
        raise _not(text, "an origin", "as in https://shop.example, without a path")
    return text


def origin_or_any(text: str) -> str:
    return text if text == "*" else origin(text)


def existing_file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise _not(text, "a file", "there is no such file")
    return path


def upstream(text: str) -> tuple[str, str]:
    """The URL in a document, and the one that is called instead."""
    named, _, address = text.partition("=")
    for url in (named, address):
        try:
            parts = urlsplit(url)
            valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            valid = False
        if not valid or parts.query or parts.fragment or parts.username is not None:
            raise _not(text, "an upstream", "as in http://nlb.internal=http://127.0.0.1:8080")
    return named, address


def condition_key(text: str) -> tuple[str, str]:
    """The name of a policy condition key, and a value of it in all requests."""
    name, separator, value = text.partition("=")
    if not separator or not _CONDITION_KEY.fullmatch(name):
        raise _not(text, "a condition key", "as in aws:SourceVpce=vpce-1")
    return name, value
