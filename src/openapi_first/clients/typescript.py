"""What makes a package of npm out of the types that openapi-typescript writes.

The package calls the API by openapi-fetch. It is JavaScript with types beside it, so nothing has
to be built.
"""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

from openapi_first.clients.versions import npm_version

NPM_PACKAGES = ("openapi-typescript@7.13.0", "typescript@5.9.3")
"""The generator, and the peer that it needs (MIT, Apache-2.0)."""
OPENAPI_FETCH = "0.17.0"
"""What the client depends on (MIT)."""

_JAVASCRIPT = """\
import createFetchClient from "openapi-fetch";

export function createClient(options) {
  return createFetchClient(options);
}
"""
_TYPES = """\
import type { Client, ClientOptions } from "openapi-fetch";
import type { paths } from "./schema.js";

export type { components, operations, paths } from "./schema.js";

/** A client whose methods know the paths, parameters, bodies and responses of the API. */
export declare function createClient(options?: ClientOptions): Client<paths>;
"""


def write_typescript(folder: Path, title: str, version: str) -> None:
    """Adds what a package needs to a folder that has `schema.d.ts`."""
    package = {
        "name": package_name(title),
        "version": npm_version(version),
        "description": f"A client of {title}",
        "type": "module",
        "exports": {".": {"types": "./index.d.ts", "default": "./index.js"}},
        "types": "./index.d.ts",
        "files": ["index.js", "index.d.ts", "schema.d.ts"],
        "dependencies": {"openapi-fetch": OPENAPI_FETCH},
    }
    written = {
        "package.json": json.dumps(package, indent=2, ensure_ascii=False) + "\n",
        "index.js": _JAVASCRIPT,
        "index.d.ts": _TYPES,
    }
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def package_name(title: str) -> str:
    """`Items API` → `items-api-client`, as openapi-python-client names its package."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall("[a-z0-9]+", plain)
    return "-".join([*words, "client"])[-200:].strip("-")
