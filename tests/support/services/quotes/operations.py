"""Quotes, whose contract declares no status, only `default`."""

import uuid

from openapi_first.runtime import Problem, Reply

_quotes = {}


def list_quotes(author):
    return [each for each in _quotes.values() if author in (None, each["author"])]


def add_quote(body):
    quote = {"author": None, **body, "id": str(uuid.uuid4())}
    _quotes[quote["id"]] = quote
    return Reply(quote, 201)


def get_quote(id):
    if id.lower() not in _quotes:
        raise Problem(404, "There is no such quote.")
    return _quotes[id.lower()]


def change_quote(id, body):
    quote = get_quote(id)
    _quotes[quote["id"]] = {"author": None, **body, "id": quote["id"]}
    return _quotes[quote["id"]]


def remove_quote(id):
    return _quotes.pop(get_quote(id)["id"])
