"""The image starts wherever Lambda, CI or a person starts it, and says why where it cannot."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from docker.models.containers import Container
from docker.types import Mount

from image.conftest import INVOKE, Image, get, invoke, json_lines, log_of

Start = Callable[..., Container]
PORT = {"8080/tcp": ("127.0.0.1", 0)}
TABLE = {"TABLE_NAME": "items"}
REFUSED = get("/items", limit="0")
LOCKED = {
    "read_only": True,
    "tmpfs": {"/tmp": ""},
    "user": "1234:1234",
    "cap_drop": ["ALL"],
    "network_mode": "none",
}


def status_of(payload: bytes) -> int:
    status: int = json.loads(payload)["statusCode"]
    return status


def ask_inside(container: Container) -> int:
    """The status that the function gives to a call from within, where there is no network."""
    script = (
        "import sys, time, urllib.request as r\n"
        "for _ in range(200):\n"
        "    try:\n"
        f"        print(r.urlopen('http://127.0.0.1:8080{INVOKE}', sys.argv[1].encode()).read()"
        ".decode()); break\n"
        "    except OSError: time.sleep(0.05)\n"
    )
    code, said = container.exec_run(["python3", "-c", script, json.dumps(REFUSED)])
    assert code == 0, said.decode()
    return status_of(said)


def test_it_answers_with_nothing_but_tmp_to_write_no_rights_and_no_network(start: Start) -> None:
    assert ask_inside(start(environment=TABLE, **LOCKED)) == 400


def test_plain_docker_run_answers_with_the_emulator_mounted(start: Start) -> None:
    status, payload = invoke(start(environment=TABLE, ports=PORT), REFUSED)
    assert (status, status_of(payload)) == (200, 400)


def test_plain_docker_run_answers_with_the_emulator_in_the_base(image: Image, start: Start) -> None:
    holder = start(entrypoint=["sleep", "60"])
    code, _ = holder.exec_run(["cp", "/aws-lambda/aws-lambda-rie", "/usr/local/bin/"], user="0:0")
    assert code == 0
    name = f"{image.name}-with-emulator"
    holder.commit(
        name, conf={"Entrypoint": ["/var/task/bootstrap"], "Cmd": ["items.handler.handler"]}
    )
    container = start(image_name=name, environment=TABLE, ports=PORT, volumes={})
    status, payload = invoke(container, REFUSED)
    assert (status, status_of(payload)) == (200, 400)


def test_it_names_the_remedy_where_there_is_no_emulator(start: Start) -> None:
    container = start(volumes={})
    assert container.wait(timeout=20)["StatusCode"] == 2
    (line,) = json_lines(container)
    assert "-v ~/.aws-lambda-rie:/aws-lambda:ro" in line["errorMessage"]


def test_it_names_the_remedy_where_no_handler_is_named(image: Image, start: Start) -> None:
    container = start(image_name=image.with_files(f"{image.name}-nameless", "CMD []"))
    assert container.wait(timeout=20)["StatusCode"] == 2
    (line,) = json_lines(container)
    assert line["errorMessage"].startswith("Name one handler after the image's name")


@pytest.mark.parametrize("warm", [False, True])
def test_it_stops_within_a_second_when_it_is_idle(start: Start, warm: bool) -> None:
    container = start(environment=TABLE, ports=PORT)
    await_log(container, "exec '")
    if warm:
        invoke(container, REFUSED)
    started = time.monotonic()
    container.kill("SIGTERM")
    container.wait(timeout=20)
    assert time.monotonic() - started < 5, "the engine's own patience ends after 10 seconds"


def await_log(container: Container, words: str) -> None:
    deadline = time.monotonic() + 20
    while words not in log_of(container):
        assert time.monotonic() < deadline, log_of(container)
        time.sleep(0.05)


def test_an_environment_of_a_hundred_kilobytes_changes_nothing(start: Start) -> None:
    # Lambda's own limit is 4 KB (gettingstarted-limits); an engine has none.
    large = {f"VARIABLE_{number}": "x" * 1_000 for number in range(100)}
    container = start(environment={**TABLE, **large}, ports=PORT)
    status, payload = invoke(container, REFUSED)
    assert (status, status_of(payload)) == (200, 400)


LOUD = """
import sys

def handler(event, context):
    for number in range(20_000):
        print(number, "ä 🎉 שלום", "x" * 100)
    print("to stderr: ä 🎉 שלום", file=sys.stderr)
    return {"statusCode": 200, "body": "said"}
"""


def test_a_log_of_megabytes_in_any_script_arrives_whole(image: Image, start: Start) -> None:
    tag = image.with_files(
        f"{image.name}-loud",
        "COPY loud.py /var/task/",
        'CMD ["loud.handler"]',
        **{"loud.py": LOUD},
    )
    container = start(image_name=tag, ports=PORT)
    status, payload = invoke(container, REFUSED)
    assert (status, status_of(payload)) == (200, 200)
    await_log(container, "to stderr: ä 🎉 שלום")
    log = log_of(container)
    assert log.count("ä 🎉 שלום " + "x" * 100) == 20_000


def test_a_thousand_requests_leave_the_memory_as_it_was(start: Start) -> None:
    container = start(environment=TABLE, ports=PORT)
    for _ in range(100):
        invoke(container, REFUSED)
    before = peak_of(container)
    for _ in range(1_000):
        invoke(container, REFUSED)
    assert peak_of(container) <= before * 1.05


def peak_of(container: Container) -> int:
    """KB that the runtime has held at most."""
    script = (
        "import pathlib, re\n"
        "for process in pathlib.Path('/proc').glob('[0-9]*'):\n"
        "    command = (process / 'cmdline').read_bytes().split(b'\\0')\n"
        "    if b'/var/task/bootstrap' in command and not command[0].endswith(b'-rie'):\n"
        "        print(re.search(r'VmHWM:\\s+(\\d+)', (process / 'status').read_text())[1])\n"
    )
    code, said = container.exec_run(["python3", "-c", script])
    assert code == 0, said.decode()
    (peak,) = said.split()
    return int(peak)


def test_it_needs_no_shell(start: Start) -> None:
    # Over each shell lies a file that nobody can run.
    shells = [
        Mount(f"/usr/bin/{shell}", "/dev/null", type="bind", read_only=True)
        for shell in ("dash", "bash")
    ]
    container = start(environment=TABLE, ports=PORT, mounts=shells)
    code, _ = container.exec_run(["/bin/sh", "-c", "true"])
    assert code != 0
    status, payload = invoke(container, REFUSED)
    assert (status, status_of(payload)) == (200, 400)


@pytest.mark.parametrize(
    ("command", "environment", "words"),
    [
        ((), {}, "TABLE_NAME is missing"),
        (("items.handler.nothing",), TABLE, "Handler 'nothing' missing on module 'items.handler'"),
        (("items.nowhere.handler",), TABLE, "No module named 'items.nowhere'"),
        (("handler",), TABLE, "Bad handler 'handler'"),
        ((), {**TABLE, "RESPONSE_VALIDATION": "perhaps"}, "RESPONSE_VALIDATION is 'perhaps'"),
    ],
)
def test_what_keeps_it_from_starting_is_one_line_of_json(
    start: Start, command: tuple[str, ...], environment: dict[str, str], words: str
) -> None:
    container = start(*command, environment=environment, ports=PORT)
    assert_refused(container, words)


def test_a_stale_compiled_module_is_refused(start: Start, tmp_path: Path) -> None:
    stale = tmp_path / "compiled.py"
    stale.write_text("FORMAT = 0\n")
    container = start(
        environment=TABLE,
        ports=PORT,
        tmpfs={"/var/task/__pycache__": ""},  # or the module's own bytecode would be taken
        mounts=[Mount("/var/task/compiled.py", str(stale), type="bind", read_only=True)],
    )
    assert_refused(container, "is of another compiler version; run `contract compile`")


def assert_refused(container: Container, words: str) -> None:
    started = time.monotonic()
    status, payload = invoke(container, REFUSED)
    assert status != 200 or "errorMessage" in json.loads(payload)
    assert time.monotonic() - started < 10
    told = [line for line in json_lines(container) if line.get("level") == "ERROR"]
    assert told, log_of(container)
    assert all(words in line["errorMessage"] for line in told)
