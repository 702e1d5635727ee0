"""Flags that PUT creates, what is there once for each of them, and settings without a creation."""

import hashlib
import json

from openapi_first.runtime import Problem, Reply

_flags = {}
_rollouts = {}
_settings = {"language": "en"}


def list_flags():
    return [_flags[name] for name in sorted(_flags)]


def get_flag(name):
    if name not in _flags:
        raise Problem(404, "There is no such flag.")
    return _flags[name]


def set_flag(name, body):
    status = 200 if name in _flags else 201
    _flags[name] = {**body, "name": name}
    return Reply(_flags[name], status)


def remove_flag(name):
    get_flag(name)
    del _flags[name]
    _rollouts.pop(name, None)


def get_rollout(name):
    get_flag(name)
    return _rollouts.get(name, {"percent": 0})


def set_rollout(name, body):
    get_flag(name)
    _rollouts[name] = dict(body)


def get_settings(if_none_match):
    headers = {"ETag": _tag()}
    if if_none_match is not None and _has(if_none_match.replace("W/", "")):
        return Reply(None, 304, headers)
    return Reply(dict(_settings), headers=headers)


def set_settings(if_match, body):
    if if_match is not None and not _has(if_match):
        raise Problem(412, "The settings have changed.")
    _settings.clear()
    _settings.update(body)
    return Reply(dict(_settings), headers={"ETag": _tag()})


def _tag():
    text = json.dumps(_settings, sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'


def _has(tags):
    return not {"*", _tag()}.isdisjoint(each.strip() for each in tags.split(","))
