import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from openapi_first.stage.functions.pool import FunctionEnvironments
from openapi_first.stage.functions.process_environment import ProcessEnvironment
from openapi_first.stage.messages.invoker import InitError, invoked_qualifier


def gone(pid):
    """Whether a process has ended; one that is dead but not yet collected counts."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_until(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


async def eventually(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.01)


async def call(pool, event=None):
    result = await pool.invoke(json.dumps(event or {}).encode())
    return json.loads(result.payload), result.function_error


def test_the_handler_gets_the_event_and_its_result_comes_back_as_json(configure):
    async def main():
        async with FunctionEnvironments(configure()) as pool:
            result, failed = await call(pool, {"é": [1]})
            assert not failed
            assert result["event"] == {"é": [1]}
            assert (result["decimal"], result["whole"]) == (1.5, 2)

    asyncio.run(main())


def test_the_arn_in_the_context_has_the_alias_of_the_invocation(configure):
    async def main():
        async with FunctionEnvironments(configure("handlers.about", name="fn")) as pool:
            invoked_qualifier.set("live")
            about, _ = await call(pool)
            assert about["context"]["invoked_function_arn"].endswith(":function:fn:live")

    asyncio.run(main())


def test_the_context_tells_what_lambda_tells(configure):
    async def main():
        configuration = configure("handlers.about", name="fn", memory_mb=256, timeout=9)
        async with FunctionEnvironments(configuration) as pool:
            about, _ = await call(pool)
        context = about["context"]
        assert context["function_name"] == "fn"
        assert context["function_version"] == "$LATEST"
        assert context["memory_limit_in_mb"] == "256"
        assert context["invoked_function_arn"].endswith(":function:fn")
        assert context["log_group_name"] == "/aws/lambda/fn"
        assert "[$LATEST]" in context["log_stream_name"]
        assert 5000 < context["remaining"] <= 9000
        assert len(context["aws_request_id"]) == 36

    asyncio.run(main())


def test_each_invocation_has_a_trace_that_goes_on_from_its_request(configure):
    root = "1-5759e988-bd862e3fe1be46a994272793"

    async def main():
        async with FunctionEnvironments(configure("handlers.about")) as pool:
            traces = []
            sent = {"headers": {"X-Amzn-Trace-Id": f"Root={root};Sampled=1"}}
            for event in (sent, {}, [], {"headers": None}):
                about, _ = await call(pool, event)
                traces.append(about["environ"]["_X_AMZN_TRACE_ID"])
                assert "AWS_EXECUTION_ENV" not in about["environ"]  # nor in a container image
        form = r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0"
        assert all(re.fullmatch(form, trace) for trace in traces)
        assert len(set(traces)) == 4
        assert traces[0].startswith(f"Root={root};")

    asyncio.run(main())


def test_the_function_sees_its_own_variables_and_lambdas_but_not_the_shells(configure, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_SHELL", "x")
    monkeypatch.setenv("AWS_PROFILE", "production")

    async def main():
        configuration = configure(
            "handlers.about", environment={"TABLE_NAME": "t"}, region="eu-west-1"
        )
        async with FunctionEnvironments(configuration) as pool:
            about, _ = await call(pool)
        environ = about["environ"]
        assert environ["TABLE_NAME"] == "t"
        assert "SECRET_OF_THE_SHELL" not in environ
        assert "AWS_PROFILE" not in environ
        assert environ["AWS_REGION"] == environ["AWS_DEFAULT_REGION"] == "eu-west-1"
        assert environ["AWS_ACCESS_KEY_ID"] == "local"
        assert environ["_HANDLER"] == "handlers.about"
        assert environ["LAMBDA_TASK_ROOT"] == about["path"][0]
        assert environ["TZ"] == ":UTC"

    asyncio.run(main())


def test_credentials_that_are_given_are_not_replaced(configure):
    given = {"AWS_ACCESS_KEY_ID": "mine", "AWS_SECRET_ACCESS_KEY": "s"}

    async def main():
        async with FunctionEnvironments(configure("handlers.about", environment=given)) as pool:
            environ = (await call(pool))[0]["environ"]
        assert environ["AWS_ACCESS_KEY_ID"] == "mine"
        assert "AWS_SESSION_TOKEN" not in environ
        assert "AWS_CONFIG_FILE" not in environ

    asyncio.run(main())


def test_an_environment_is_reused_and_another_started_only_under_load(configure):
    async def main():
        async with FunctionEnvironments(configure(), concurrency=2) as pool:
            pids = {(await call(pool))[0]["pid"] for _ in range(3)}
            assert len(pids) == 1
            sleepers = [call(pool, {"sleep": 0.1}) for _ in range(4)]
            pids = {result["pid"] for result, _ in await asyncio.gather(*sleepers)}
            assert len(pids) == len(pool.pids) == 2

    asyncio.run(main())


def test_what_the_function_prints_goes_to_the_terminal(configure, capfd):
    async def main():
        async with FunctionEnvironments(configure()) as pool:
            await call(pool)

    asyncio.run(main())
    out = capfd.readouterr().out
    assert "printed to the terminal\n" in out
    assert "[WARNING]\t" in out
    assert "\tlogged by the function\n" in out


def test_an_exception_becomes_an_error_payload_and_a_traceback_on_stderr(configure, capfd):
    async def main():
        async with FunctionEnvironments(configure()) as pool:
            error, failed = await call(pool, {"raise": "boom"})
            assert failed
            assert (error["errorMessage"], error["errorType"]) == ("boom", "ValueError")
            assert len(error["requestId"]) == 36
            assert "handlers.py" in error["stackTrace"][0]
            first = pool.pids
            assert not (await call(pool))[1]
            assert pool.pids == first

    asyncio.run(main())
    err = capfd.readouterr().err
    assert "[ERROR] ValueError: boom" in err
    assert "Traceback" in err
    assert "worker.py" not in err


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"exit": 3}, "exit status 3"),
        ({"exit": 0}, "exit status 0"),
        ({"sys_exit": 4}, "exit status 4"),
    ],
)
def test_a_function_that_ends_its_process_fails_and_the_next_starts_anew(configure, event, words):
    async def main():
        async with FunctionEnvironments(configure()) as pool:
            before = pool.pids
            error, failed = await call(pool, event)
            assert failed
            assert error["errorType"] == "Runtime.ExitError"
            assert words in error["errorMessage"]
            result, failed = await call(pool)
            assert not failed
            assert result["pid"] not in before

    asyncio.run(main())


def test_a_process_killed_while_idle_is_replaced_unseen(configure):
    async def main():
        async with FunctionEnvironments(configure()) as pool:
            (pid,) = pool.pids
            os.kill(pid, signal.SIGKILL)
            await eventually(lambda: not pool.pids)
            assert not (await call(pool))[1]

    asyncio.run(main())


def test_a_function_that_takes_too_long_is_killed_with_all_it_started(configure, tmp_path):
    async def main():
        async with FunctionEnvironments(configure(timeout=0.5)) as pool:
            before = pool.pids
            error, failed = await call(pool, {"child": str(tmp_path / "child")})
            assert failed
            assert "Task timed out after 0.50 seconds" in error["errorMessage"]
            child = int((tmp_path / "child").read_text())
            await eventually(lambda: gone(child))
            result, failed = await call(pool)
            assert not failed
            assert result["pid"] not in before

    asyncio.run(main())


def test_what_cannot_be_serialised_is_an_error_of_the_function(configure):
    async def main():
        async with FunctionEnvironments(configure()) as pool:
            error, failed = await call(pool, {"unserialisable": 1})
            assert failed
            assert error["errorType"] == "Runtime.MarshalError"
            assert await call(pool, {"nothing": 1}) == (None, False)
            assert (await call(pool, {"surrogate": 1}))[0] == {"text": "\ud800"}

    asyncio.run(main())


def test_a_large_event_and_a_large_result_pass(configure):
    async def main():
        async with FunctionEnvironments(configure()) as pool:
            result, _ = await call(pool, {"big": "x" * 5_000_000})
            assert len(result["event"]["big"]) == 5_000_000

    asyncio.run(main())


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        ("no_such_module.handler", "No module named 'no_such_module'"),
        ("handlers.missing", "has no attribute 'missing'"),
        ("handlers.not_callable", "is not callable"),
        ("handler", "Bad handler"),
        ("broken.handler", "KeyError: 'TABLE_NAME'"),
        ("syntax.handler", "SyntaxError"),
        ("leaving.handler", "exit status 7"),
    ],
)
def test_a_function_that_cannot_be_loaded_is_an_init_error_of_one_line(
    configure, tmp_path, handler, words
):
    (tmp_path / "broken.py").write_text("import os\nos.environ['TABLE_NAME']\n")
    (tmp_path / "syntax.py").write_text("def\n")
    (tmp_path / "leaving.py").write_text("import os\nos._exit(7)\n")
    root = {} if handler.startswith("handlers") else {"task_root": tmp_path}

    async def main():
        pool = FunctionEnvironments(configure(handler, **root))
        with pytest.raises(InitError) as caught:
            await pool.start()
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)
        if handler.startswith("broken"):
            assert 'broken.py", line 2' in caught.value.details
        assert not pool.pids

    asyncio.run(main())


def test_a_function_that_hangs_while_loading_is_an_init_error(configure, tmp_path):
    (tmp_path / "hanging.py").write_text("import time\ntime.sleep(60)\n")

    async def main():
        with pytest.raises(InitError, match=r"more than 0\.3 seconds"):
            await ProcessEnvironment.start(
                configure("hanging.handler", task_root=tmp_path, init_timeout=0.3)
            )

    asyncio.run(main())


def write_version(path, version):
    (path / "fn.py").write_text(
        "import time\n"
        "def handler(event, context):\n"
        "    time.sleep(event.get('sleep', 0))\n"
        f"    return {version}\n"
    )


def test_a_reload_takes_the_new_code_without_failing_an_invocation(configure, tmp_path):
    write_version(tmp_path, 1)
    configuration = configure("fn.handler", task_root=tmp_path)

    async def main():
        async with FunctionEnvironments(configuration) as pool:
            assert await call(pool) == (1, False)
            (old,) = pool.pids
            running = asyncio.ensure_future(call(pool, {"sleep": 0.3}))
            await asyncio.sleep(0.05)
            write_version(tmp_path, 2)  # same second, same size
            await pool.replace(configuration)
            assert await call(pool) == (2, False)
            assert await running == (1, False)
            await eventually(lambda: gone(old))
            assert await call(pool) == (2, False)

    asyncio.run(main())


def test_a_reload_that_cannot_load_keeps_the_old_code(configure, tmp_path):
    write_version(tmp_path, 1)
    configuration = configure("fn.handler", task_root=tmp_path)

    async def main():
        async with FunctionEnvironments(configuration) as pool:
            (tmp_path / "fn.py").write_text("1 / 0")
            with pytest.raises(InitError, match="ZeroDivisionError: division by zero"):
                await pool.replace(configuration)
            assert await call(pool) == (1, False)

    asyncio.run(main())


def test_a_reload_takes_new_variables(configure):
    async def main():
        async with FunctionEnvironments(configure("handlers.about")) as pool:
            await pool.replace(configure("handlers.about", environment={"A": "2"}))
            assert (await call(pool))[0]["environ"]["A"] == "2"

    asyncio.run(main())


def test_code_that_breaks_between_two_cold_starts_is_a_function_error(configure, tmp_path):
    write_version(tmp_path, 1)

    async def main():
        async with FunctionEnvironments(configure("fn.handler", task_root=tmp_path)) as pool:
            (pid,) = pool.pids
            (tmp_path / "fn.py").write_text("1 / 0")
            os.kill(pid, signal.SIGKILL)
            await eventually(lambda: not pool.pids)
            error, failed = await call(pool)
            assert failed
            assert "ZeroDivisionError" in error["errorMessage"]

    asyncio.run(main())


def test_an_invocation_that_is_given_up_does_not_answer_the_next(configure):
    async def main():
        async with FunctionEnvironments(configure(), concurrency=1) as pool:
            running = asyncio.ensure_future(call(pool, {"sleep": 5}))
            await asyncio.sleep(0.05)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            result, _ = await call(pool, {"mine": 1})
            assert result["event"] == {"mine": 1}

    asyncio.run(main())


def test_stop_leaves_no_process(configure, tmp_path):
    async def main():
        pool = FunctionEnvironments(configure())
        await pool.start()
        running = asyncio.ensure_future(call(pool, {"sleep": 60, "mark": str(tmp_path / "m")}))
        await eventually(lambda: (tmp_path / "m").exists())
        pids = pool.pids
        await pool.stop()
        error, failed = await running
        assert failed
        assert "SIGKILL" in error["errorMessage"]
        assert all(gone(pid) for pid in pids)

    asyncio.run(main())


PARENT = """
import asyncio, json, pathlib, sys
from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.functions.pool import FunctionEnvironments

async def main():
    pool = FunctionEnvironments(
        FunctionConfiguration(handler="handlers.act", task_root=pathlib.Path(sys.argv[1]))
    )
    await pool.start()
    print(*pool.pids, flush=True)
    await pool.invoke(json.dumps({"sleep": float(sys.argv[2]), "mark": sys.argv[3]}).encode())
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize("seconds", [0, 60], ids=["idle", "busy"])
def test_a_worker_ends_when_its_parent_is_killed(tmp_path, seconds):
    mark = tmp_path / "mark"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(Path(__file__).parents[1]), str(seconds), str(mark)],
        stdout=subprocess.PIPE,
    )
    with parent:
        pid = int(parent.stdout.readline())
        wait_until(lambda: mark.exists() and mark.read_text())
        parent.kill()
    wait_until(lambda: gone(pid))


def test_interrupting_a_worker_does_nothing(configure):
    async def main():
        async with FunctionEnvironments(configure()) as pool:
            (pid,) = pool.pids
            os.kill(pid, signal.SIGINT)
            assert (await call(pool))[0]["pid"] == pid

    asyncio.run(main())


def test_a_worker_is_out_of_reach_of_the_terminals_signals(configure):
    async def main():
        async with FunctionEnvironments(configure("handlers.about")) as pool:
            about, _ = await call(pool)
        assert about["session"] == about["pid"]

    asyncio.run(main())


def test_concurrency_is_at_least_one(configure):
    with pytest.raises(ValueError, match="at least 1"):
        FunctionEnvironments(configure(), concurrency=0)


def test_a_stage_answers_from_a_real_function(run, documents, configure, server):
    async def make():
        pool = FunctionEnvironments(configure("handlers.echo", timeout=0.5))
        await pool.start()
        return pool

    pool = server.run(make())
    try:
        stage = run(documents.one(path="/items/{id}"), invoker=pool)
        reply = stage.get("/prod/items/a%20b?x=1", ("X-CaSe", "v"))
        assert reply.status == 200
        event = reply.json()
        assert event["pathParameters"] == {"id": "a%20b"}
        assert event["headers"]["X-CaSe"] == "v"
    finally:
        server.run(pool.stop())
