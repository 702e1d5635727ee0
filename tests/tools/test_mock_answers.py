"""Every answer of a mock matches its contract: those of this repository, and made-up ones."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from mock_answers import judged
from openapi_first.openapi.loader import load
from support.documents import written

ROOT = Path(__file__).parents[2]
CONTRACTS = sorted(
    (
        ROOT / "openapi.yaml",
        *(ROOT / "tests" / "integration").glob("*/openapi.yaml"),
        *(ROOT / "tests" / "support" / "services").glob("*/openapi.yaml"),
    )
)
_FORMATS = ("uuid", "date-time", "date", "email", "uri", "ipv4")


def test_every_answer_matches_the_contract(tmp_path: Path, everything: bool) -> None:
    for path in CONTRACTS if everything else CONTRACTS[::7]:
        counts, complaints, missing = judged(load(path))
        assert counts["answers"] > 0, path
        assert (complaints, missing) == ([], []), path
    for number in range(60 if everything else 4):
        folder = tmp_path / str(number)
        folder.mkdir()
        contract = load(written(folder, made_up(random.Random(number))))
        counts, complaints, missing = judged(contract, seed=number)
        assert counts["answers"] > 0, folder
        assert (complaints, missing) == ([], []), folder


def made_up(rng: random.Random) -> dict[str, Any]:
    """A contract with several responses, some with headers and other media types."""
    paths = {}
    for number in range(3):
        responses: dict[str, Any] = {}
        for status in rng.sample(["200", "201", "202", "404", "4XX", "default"], 3):
            headers = {"X-Value": {"required": True, "schema": scalar(rng)}}
            content: dict[str, Any] = {"application/json": {"schema": schema(rng, 3)}}
            if rng.random() < 0.3:
                content["text/plain"] = {"schema": {"type": "string", "minLength": 2}}
            if rng.random() < 0.3:
                content["image/*"] = {"schema": {"type": "string", "format": "binary"}}
            responses[status] = {"description": "", "content": content, "headers": headers}
        paths[f"/made-up-{number}"] = {"get": {"responses": responses}}
    version = rng.choice(["3.0.3", "3.1.0"])
    return {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": paths}


def schema(rng: random.Random, depth: int) -> dict[str, Any]:
    kind = rng.choice(["object", "array", "oneOf", "allOf", "scalar"]) if depth else "scalar"
    if kind == "object":
        names = rng.sample(["id", "name", "kind", "size", "tags"], rng.randint(1, 4))
        members = {name: schema(rng, depth - 1) for name in names}
        if rng.random() < 0.3:
            members["secret"] = {"type": "string", "writeOnly": True}
        return {
            "type": "object",
            "required": names[: rng.randint(1, len(names))],
            "properties": members,
            "additionalProperties": rng.random() < 0.5,
        }
    if kind == "array":
        least = rng.randint(0, 2)
        return {"type": "array", "items": schema(rng, depth - 1), "minItems": least}
    if kind == "oneOf":
        return {
            "oneOf": [
                {
                    "type": "object",
                    "required": ["kind", "value"],
                    "properties": {"kind": {"enum": [name]}, "value": schema(rng, depth - 1)},
                }
                for name in ("a", "b")
            ]
        }
    if kind == "allOf":
        return {
            "allOf": [
                {"type": "object", "required": [name], "properties": {name: scalar(rng)}}
                for name in ("left", "right")
            ]
        }
    return scalar(rng)


def scalar(rng: random.Random) -> dict[str, Any]:
    least = rng.randint(-9, 9)
    return rng.choice(
        [
            {"type": "string", "format": rng.choice(_FORMATS)},
            {"type": "string", "pattern": "^[a-z]{2}-[0-9]+$"},
            {"type": "string", "minLength": 3, "maxLength": 5, "example": "too long"},
            {"type": "string", "enum": ["red", "green"]},
            {"type": "integer", "minimum": least, "maximum": least + 2},
            {"type": "number", "multipleOf": 0.5, "minimum": least},
            {"type": "boolean", "default": True},
        ]
    )
