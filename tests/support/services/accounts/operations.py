"""Accounts of the caller, who is known by a token; pages by a token in a header."""

import uuid
from datetime import UTC, datetime

from openapi_first.runtime import Problem, ProblemEntry, Reply, current_request, invalid_request

_accounts = {}


def list_accounts(max_items, token):
    own = [each for each in _accounts.values() if each["owner"] == _caller()]
    ids = [each["accountId"] for each in own]
    if token is not None and token.lower() not in ids:
        raise invalid_request([ProblemEntry("is not a token of a list", parameter="token")])
    start = ids.index(token.lower()) if token is not None else 0
    end = start + max_items
    return Reply(own[start:end], headers={"X-Next-Token": ids[end]} if end < len(ids) else {})


def open_account(body):
    account = {"accountId": str(uuid.uuid4()), "owner": _caller(), **body}
    account["opened"] = datetime.now(UTC).date().isoformat()
    _accounts[account["accountId"]] = account
    location = f"{current_request().path}/{account['accountId']}"
    return Reply(account, 201, {"Location": location})


def get_account(account_id):
    account = _accounts.get(account_id.lower())
    if account is None or account["owner"] != _caller():
        raise Problem(404, "There is no such account.")
    return account


def change_account(account_id, body):
    account = get_account(account_id)
    _accounts[account["accountId"]] = {**account, **body}
    return _accounts[account["accountId"]]


def close_account(account_id):
    del _accounts[get_account(account_id)["accountId"]]


def _caller():
    return current_request().claims["sub"]
