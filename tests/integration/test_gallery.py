"""A service with authorizers by setting, uploads, bytes for answers and two origins: the stage
serves what the import document says of them."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from support.commands import contract
from support.serving import Serving, serving

GALLERY = Path(__file__).parent / "gallery"
ORIGINS = ("https://gallery.example", "https://admin.gallery.example:8443")
FEW = ("--max-examples", "5")
PNG = bytes(range(256)) + b"\x89PNG\r\n\xff\xfe"


def token(folder: Path, *scopes: str, audience: str = "gallery", issuer: str = "id.example") -> str:
    asked = [word for scope in scopes for word in ("--scope", scope)]
    done = contract(
        *("token", "--jwks", "keys.json", "--issuer", f"https://{issuer}", "--audience", audience),
        *asked,
        folder=folder,
    )
    assert done.returncode == 0, done.stderr
    return "Bearer " + done.stdout.strip()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    shutil.copytree(GALLERY, folder, dirs_exist_ok=True)
    (folder / "pictures").mkdir()
    return folder


@pytest.fixture(scope="module")
def reader(folder: Path) -> str:
    return token(folder, "pictures.read")


@pytest.fixture(scope="module")
def server(folder: Path, reader: str) -> Iterator[Serving]:
    arguments = ["--jwks", "keys.json", "--function", "staff=gallery.guard.handler"]
    arguments += ["--env", f"PICTURES={folder / 'pictures'}"]
    arguments += [word for origin in ORIGINS for word in ("--allow-origin", origin)]
    with serving(folder, *arguments, handler="gallery.handler.handler") as server:
        assert server.base_url
        yield server


def replayed(server: Serving, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`contract test` with a credential for each scheme, none of them on the command line."""
    both = token(folder, "pictures.read", "pictures.write").removeprefix("Bearer ")
    secrets = {
        "SESSION": both,
        "STAFF": "curator",
        "VISITOR": base64.b64encode(b"me:secret").decode(),
    }
    named = [f"--credential={each}={each.upper()}" for each in ("session", "staff", "visitor")]
    command = ("test", server.base_url, *named, *options)
    done = contract(*command, folder=folder, environment=secrets)
    assert not any(secret in done.stdout + done.stderr for secret in (both, secrets["VISITOR"]))
    return done


@pytest.fixture(scope="module")
def ask(server: Serving) -> Any:
    def ask(method: str, path: str, **options: Any) -> requests.Response:
        headers = {name.replace("_", "-"): value for name, value in options.pop("sent", {}).items()}
        return requests.request(
            method, server.base_url + path, headers=headers, timeout=30, **options
        )

    return ask


def test_a_token_opens_what_its_scope_says(ask: Any, folder: Path, reader: str) -> None:
    (folder / "pictures" / "sea").write_bytes(PNG)
    for authorization, status in (
        (reader, 200),
        (None, 401),
        ("Bearer nonsense", 401),
        (token(folder, "pictures.write"), 401),
        (token(folder, "pictures.read", audience="other"), 401),
        (token(folder, "pictures.read", issuer="other.example"), 401),
    ):
        sent = {"Authorization": authorization} if authorization else {}
        answer = ask("GET", "/pictures/sea", sent={**sent, "Accept": "image/png"})
        assert answer.status_code == status, (authorization, answer.text)
        assert answer.headers["Access-Control-Allow-Origin"]


def test_bytes_go_up_and_come_back_as_they_were(ask: Any, folder: Path, reader: str) -> None:
    writer = token(folder, "pictures.write")
    up = {"Authorization": writer, "Content-Type": "image/png"}
    assert ask("PUT", "/pictures/a", sent=up, data=PNG).status_code == 204
    form = {"file": ("a.png", PNG[::-1], "image/png"), "title": (None, "räksmörgås")}
    answer = ask("PUT", "/pictures/b", sent={"Authorization": writer}, files=form)
    assert answer.status_code == 204, answer.text
    for name, content in (("a", PNG), ("b", PNG[::-1])):
        assert (folder / "pictures" / name).read_bytes() == content
        down = {"Authorization": reader, "Accept": "image/png"}
        answer = ask("GET", f"/pictures/{name}", sent=down)
        assert (answer.headers["Content-Type"], answer.content) == ("image/png", content)


def test_the_function_that_a_stage_variable_names_says_who_is_staff(ask: Any) -> None:
    for authorization, status in (("Bearer curator", 204), ("Bearer guest", 403), (None, 401)):
        sent = {"Authorization": authorization} if authorization else {}
        assert ask("DELETE", "/pictures/none", sent=sent).status_code == status


def test_what_the_service_checks_by_itself_reaches_it(ask: Any) -> None:
    assert ask("GET", "/notes").json()["detail"] == "Unknown credentials."
    answer = ask("GET", "/notes", auth=("me", "secret"))
    assert (answer.status_code, answer.content.decode()) == (200, "räksmörgås")


@pytest.mark.parametrize("origin", ORIGINS)
def test_each_origin_is_told_that_it_may(ask: Any, origin: str) -> None:
    preflight = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    answer = ask("OPTIONS", "/pictures/a", sent=preflight)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Access-Control-Allow-Methods"] == "DELETE,GET,OPTIONS,PUT"
    assert answer.headers["Access-Control-Allow-Headers"] == "Authorization,Content-Type"
    assert answer.headers["Vary"] == "Origin"
    answer = ask("GET", "/notes", sent={"Origin": origin})
    assert answer.headers["Access-Control-Allow-Origin"] == origin


def test_no_other_origin_is_told_that_it_may(ask: Any) -> None:
    for origin in ("https://evil.example", "https://gallery.example.evil.example", "null", ""):
        preflight = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
        answer = ask("OPTIONS", "/pictures/a", sent=preflight)
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGINS[0]
        assert answer.headers["Vary"] == "Origin"


def test_a_change_of_the_settings_is_served(folder: Path, server: Serving, ask: Any) -> None:
    settings = folder / "pyproject.toml"
    before, seen = settings.read_text(), len(server.lines)
    assert ask("GET", "/notes").status_code == 401
    try:
        settings.write_text(before.replace('"service"', '"cognito_user_pools"'))
        server.wait_for("visitor.: cognito_user_pools reads bearer tokens", after=seen)
        server.wait_for("the last working version keeps running", after=seen)
        seen = len(server.lines)
        settings.write_text(before.replace('"service"', '"token"'))
        server.wait_for(r"^pyproject\.toml changed: reloaded, 4 operations", after=seen)
        # Nothing here runs the function `visitor`.
        answer = ask("GET", "/notes", sent={"Authorization": "Bearer x"})
        assert answer.status_code == 500
        server.wait_for("--function visitor=package.module.handler", after=seen)
    finally:
        seen = len(server.lines)
        settings.write_text(before)
    server.wait_for(r"^pyproject\.toml changed: reloaded, 4 operations", after=seen)


def test_lint_knows_who_decides(folder: Path) -> None:
    done = contract("lint", "--all", folder=folder)
    assert done.returncode == 0, done.stdout
    for words in ("[authorizer]", "[scopes]", "[security-in-service]", "[binary-response]"):
        assert words in done.stdout


def test_without_the_settings_the_operations_are_not_served_open(tmp_path: Path) -> None:
    shutil.copytree(GALLERY, tmp_path, dirs_exist_ok=True)
    (tmp_path / "pyproject.toml").unlink()
    with serving(tmp_path, handler="gallery.handler.handler") as server:
        said = server.ended()
    assert server.process.returncode == 2
    for name in ("session", "staff", "visitor"):
        assert f"nothing would enforce the security scheme {name}" in said


def test_the_import_document_has_it_all(folder: Path) -> None:
    arguments = [word for origin in ORIGINS for word in ("--allow-origin", origin)]
    done = contract("gateway", *arguments, folder=folder)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["x-amazon-apigateway-binary-media-types"] == [
        *("image/png", "multipart/form-data")
    ]
    schemes = document["components"]["securitySchemes"]
    assert set(schemes) == {"session", "staff"}
    session = schemes["session"]["x-amazon-apigateway-authorizer"]
    assert session == {
        "type": "jwt",
        "identitySource": "method.request.header.Authorization",
        "jwtConfiguration": {
            "issuers": [{"issuer": "https://id.example", "audiences": ["gallery"]}],
            "defaultAlgorithms": ["RS256"],
        },
    }
    staff = schemes["staff"]["x-amazon-apigateway-authorizer"]
    assert "function:${stageVariables.staff}/invocations" in staff["authorizerUri"]
    picture = document["paths"]["/pictures/{id}"]
    assert picture["get"]["security"] == [{"session": ["pictures.read"]}]
    assert "security" not in document["paths"]["/notes"]["get"]
    options = picture["options"]["x-amazon-apigateway-integration"]
    assert options["type"] == "aws_proxy"


@pytest.mark.parametrize("origin", [(), ("--origin", ORIGINS[1])], ids=["no origin", "an origin"])
def test_the_contract_is_replayed_with_a_credential_for_each_scheme(
    server: Serving, folder: Path, origin: tuple[str, ...], everything: bool
) -> None:
    options = ("--allow-destructive", "--format", "json")
    done = replayed(server, folder, *origin, *options, *(() if everything else FEW))
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    judged = {(each["operation"], each["check"]): each["judged"] for each in report["verdicts"]}
    names = ("getPicture", "putPicture", "deletePicture", "getNotes")
    assert all(judged[name, "key"] >= 2 for name in names)
    assert all(judged[name, "preflight"] == (2 if origin else 1) for name in names)
    assert "GET /pictures/{id}" in report["coverage"]["record"]["seen"]
    assert ["GET /notes", "status|200"] not in report["coverage"]["missing"]


def test_an_origin_that_is_not_let_in_is_told(server: Serving, folder: Path) -> None:
    done = replayed(server, folder, "--origin", "https://elsewhere.example", "--phase", "gateway")
    assert done.returncode == 1
    assert f"the preflight allows {ORIGINS[0]}, not https://elsewhere.example" in done.stdout


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "credentials for session, staff, visitor are missing"),
        (
            ("--credential", "session=UNSET_VARIABLE"),
            "UNSET_VARIABLE is empty or not set",
        ),
        (
            ("--credential", "sesion=HOME"),
            "the security scheme sesion; it has session, staff",
        ),
        (
            ("--credential", "session"),
            "'session' is not a security scheme and the name",
        ),
        (
            ("--credential", "session=HOME", "--api-key", "k" * 20),
            "refuses the API key for visitor (401)",
        ),
    ],
)
def test_credentials_that_cannot_be_used_are_told_in_a_line(
    server: Serving, folder: Path, options: tuple[str, ...], told: str
) -> None:
    done = contract("test", server.base_url, *options, folder=folder)
    assert done.returncode == 2
    assert told in done.stderr.splitlines()[-1]
