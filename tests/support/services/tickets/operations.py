"""Tickets with numbers, error bodies of their own, and numbered pages."""

import itertools

from openapi_first.runtime import Problem, Reply, current_request

_tickets = {}
_numbers = itertools.count(1)


def list_tickets(page, per_page, state):
    found = [each for each in _tickets.values() if state is None or each["state"] in state]
    start = (page - 1) * per_page
    return Reply(found[start : start + per_page], headers={"X-Total-Count": str(len(found))})


def open_ticket(body):
    number = next(_numbers)
    _tickets[number] = {"number": number, "state": "open", **body}
    return Reply(_tickets[number], 201, {"Location": f"{current_request().path}/{number}"})


def get_ticket(number):
    if number not in _tickets:
        raise Problem(404, "There is no such ticket.")
    return _tickets[number]


def change_ticket(number, body):
    _tickets[number] = {"number": number, "state": get_ticket(number)["state"], **body}
    return _tickets[number]


def delete_ticket(number):
    get_ticket(number)
    del _tickets[number]
