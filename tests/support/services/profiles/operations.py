"""Profiles that are changed by merge patches (RFC 7396), and created once for each key."""

import hashlib
import json
import uuid

from openapi_first.runtime import Problem, Reply, current_request

_profiles = {}
_keys = {}


def list_profiles():
    return list(_profiles.values())


def create_profile(idempotency_key, body):
    earlier = _keys.get(idempotency_key)
    if earlier is not None and earlier["body"] != body:
        raise Problem(409, "The key was used with another body.")
    id = earlier["id"] if earlier is not None else str(uuid.uuid4())
    if earlier is None:
        _profiles[id] = {"id": id, **body}
    if idempotency_key is not None:
        _keys[idempotency_key] = {"body": body, "id": id}
    location = f"{current_request().path}/{id}"
    return Reply({"id": id, **body}, 201, {"Location": location})


def get_profile(id):
    return _reply(_profile(id))


def change_profile(id, if_match, body):
    profile = _profile(id)
    if if_match is not None and not {"*", _tag(profile)} & set(if_match.split(", ")):
        raise Problem(412, "The profile has changed.")
    _profiles[profile["id"]] = _merged(profile, body)
    return _reply(_profiles[profile["id"]])


def delete_profile(id):
    _profiles.pop(id.lower(), None)


def _profile(id):
    if id.lower() not in _profiles:
        raise Problem(404, "There is no such profile.")
    return _profiles[id.lower()]


def _merged(target, patch):
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), value)
    return merged


def _reply(profile):
    return Reply(profile, headers={"ETag": _tag(profile)})


def _tag(profile):
    return f'"{hashlib.sha256(json.dumps(profile, sort_keys=True).encode()).hexdigest()[:16]}"'
