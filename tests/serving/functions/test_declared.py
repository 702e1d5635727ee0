"""The functions of a template run beside each other, each as AWS Lambda runs it."""

from __future__ import annotations

import asyncio
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from openapi_first.serving.functions.declared import DeclaredFunctions
from openapi_first.serving.functions.environment_file import EnvironmentFile
from openapi_first.stage.messages.invoker import InvokerError
from serving.functions.conftest import Project, call

ABOUT = """
import os, util
def handler(event, context):
    return {
        "util": util.NAME, "cwd": os.getcwd(), "environ": dict(os.environ), "pid": os.getpid(),
        "name": context.function_name, "memory": context.memory_limit_in_mb,
        "log": context.log_group_name, "left": context.get_remaining_time_in_millis(),
    }
"""


def test_each_function_has_its_own_modules_folder_and_configuration(project: Project) -> None:
    for name in ("Get", "Put"):
        project.write({f"{name}/app.py": ABOUT, f"{name}/util.py": f"NAME = {name!r}"})
    functions = (
        project.function("Get", memory_mb=256, timeout=7.0, environment={"TABLE": "t", "A": "1"}),
        project.function("Put", environment={"TABLE": "u"}),
    )
    file = EnvironmentFile(None, {"Get": {"TABLE": "by file"}, "Parameters": {"A": "2"}})

    async def use(declared: DeclaredFunctions) -> None:
        assert declared.notes in ((), declared.notes[:1])  # another version of Python, if any
        got, put = await asyncio.gather(call(declared, "Get"), call(declared, "Put"))
        assert (got["util"], put["util"]) == ("Get", "Put")
        assert got["cwd"] == got["environ"]["LAMBDA_TASK_ROOT"] == str(project.root / "Get")
        assert (got["name"], got["memory"]) == ("stack-Get", "256")
        assert got["environ"]["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
        assert got["environ"]["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
        assert got["log"] == "/aws/lambda/stack-Get"
        assert 5000 < got["left"] <= 7000
        assert (got["environ"]["TABLE"], got["environ"]["A"]) == ("by file", "2")
        assert put["environ"]["TABLE"] == "u"
        assert "A" not in put["environ"]
        assert put["environ"]["AWS_ENDPOINT_URL_DYNAMODB"] == "http://127.0.0.1:1"

    defaults = {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1", "TABLE": "a default"}
    project.run(functions, use, defaults=defaults, environment_file=file)


@pytest.mark.parametrize(
    ("handler", "file"),
    [
        ("app.handler", "app.py"),
        ("src/api/x.lambda_handler", "src/api/x.py"),
        ("pkg.mod.handler", "pkg/mod.py"),
        ("a/b.c.handler", "a/b/c/__init__.py"),
    ],
)
def test_every_form_of_a_handler(project: Project, handler: str, file: str) -> None:
    attribute = handler.rpartition(".")[2]
    project.write({f"F/{file}": f"def {attribute}(event, context): return event"})

    async def use(declared: DeclaredFunctions) -> None:
        assert await call(declared, "F", [1]) == [1]

    project.run([project.function("F", handler=handler)], use)


def test_nothing_starts_before_it_is_called_and_a_first_call_is_reported(project: Project) -> None:
    project.write({"F/app.py": "handler = lambda event, context: event"})
    names = [f"F{number}" for number in range(40)]
    functions = [project.function(name, code=project.root / "F") for name in names]

    async def use(declared: DeclaredFunctions) -> None:
        assert not any(each.pids for each in declared.invokers.values())
        for _ in range(2):
            await call(declared, "F7")
        assert sum(len(each.pids) for each in declared.invokers.values()) == 1

    project.run(functions, use)
    assert project.said == ["the function F7 starts (app.handler)"]


def test_a_function_that_fails_to_load_answers_as_lambda_and_others_go_on(project: Project) -> None:
    project.write({"Bad/app.py": "import nowhere", "Good/app.py": "handler = lambda e, c: 'good'"})
    project.write({"Bad/requirements.txt": "nowhere==1"})

    async def use(declared: DeclaredFunctions) -> None:
        for _ in range(2):
            assert (await call(declared, "Bad"))["errorType"] == "Runtime.InitError"
            assert await call(declared, "Good") == "good"
        project.write({"Bad/app.py": "handler = lambda e, c: 'mended'"})
        assert await call(declared, "Bad") == "mended"

    project.run([project.function("Bad"), project.function("Good")], use)
    (error,) = [each for each in project.said if "cannot be loaded" in each]
    assert "No module named 'nowhere'" in error
    assert "`sam build`" in error
    assert ".aws-sam/build/template.yaml" in error
    assert str(project.root / "Bad" / "requirements.txt") in error


def test_only_the_function_whose_code_or_layer_has_changed_is_loaded_again(
    project: Project,
) -> None:
    text = "import os, shared\ndef handler(e, c): return [shared.VALUE, os.getpid()]"
    project.write({"A/app.py": text, "B/app.py": text.replace("shared", "own"), "B/own.py": ""})
    project.write({"B/own.py": "VALUE = 1", "layer/python/shared.py": "VALUE = 1"})
    layer = project.root / "layer"
    functions = [project.function("A", layers=(layer,)), project.function("B")]

    async def use(declared: DeclaredFunctions) -> None:
        before_a, before_b = await call(declared, "A"), await call(declared, "B")
        shared = layer / "python/shared.py"
        shared.write_text("VALUE = 2")
        assert declared.watched_folders >= {layer, project.root / "A"}
        assert declared.with_changed_code([shared]) == {"stack-A"}
        assert await declared.change(functions, [shared]) == ("A",)
        after = await call(declared, "A")
        assert after[0] == 2
        assert after[1] != before_a[1]
        assert await call(declared, "B") == before_b
        for beside in ("A/__pycache__/app.pyc", "A/.git/index", "A/serve.log", "template.yaml"):
            assert not declared.with_changed_code([project.root / beside])

    project.run(functions, use)


def test_functions_appear_change_and_disappear_with_the_template(project: Project) -> None:
    project.write({"F/app.py": "import os\ndef handler(e, c): return os.environ.get('A')"})
    code = project.root / "F"
    first = project.function("A", code=code, environment={"A": "1"})
    second = project.function("B", code=code)

    async def use(declared: DeclaredFunctions) -> None:
        invokers = declared.invokers
        assert await call(declared, "A") == "1"
        changed = project.function("A", code=code, environment={"A": "2"})
        assert await declared.change([changed, second], []) == ("A", "B")
        assert await call(declared, "A") == "2"
        assert await call(declared, "B") is None
        file = EnvironmentFile(None, {"A": {"A": "3"}})
        assert await declared.change([changed, second], [], file) == ("A",)
        assert await call(declared, "A") == "3"
        assert await declared.change([changed, second], []) == ()
        assert await declared.change([second], []) == ("A",)
        assert set(invokers) == {"stack-B"}

    project.run([first], use)


def test_running_invocations_finish_in_the_code_that_they_began_with(project: Project) -> None:
    project.write({"F/app.py": "import time\ndef handler(e, c): time.sleep(0.3); return 'old'"})
    functions = [project.function("F")]

    async def use(declared: DeclaredFunctions) -> None:
        running = asyncio.ensure_future(call(declared, "F"))
        await asyncio.sleep(0.2)
        while not declared.invokers["stack-F"].pids:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        project.write({"F/app.py": "handler = lambda e, c: 'new'"})
        await declared.change(functions, [project.root / "F" / "app.py"])
        assert await call(declared, "F") == "new"
        assert await running == "old"
        gone = declared.invokers["stack-F"]
        running = asyncio.ensure_future(gone.invoke(b"null"))
        await asyncio.sleep(0)
        await declared.change([], [])
        assert (await running).payload == b'"new"'
        assert not declared.invokers

    project.run(functions, use)


def test_what_cannot_run_is_reported_with_its_place_and_remedy(project: Project) -> None:
    project.write({"F/app.py": "", "file": "not a ZIP file", "built/x": ""})
    code = project.root / "F"
    built = project.root / ".aws-sam" / "build" / "F"
    functions = {
        "Missing": ({"code": project.root / "none"}, "the code is not there; correct CodeUri"),
        "Unbuilt": ({"code": built}, "run `sam build`"),
        "NoDot": ({"code": code, "handler": "app"}, "has to be `module.function`"),
        "Empty": ({"code": code, "handler": ""}, "add Handler"),
        "Layer": (
            {"code": code, "layers": (project.root / "file",)},
            "Layers has to name a",
        ),
        "Zip": ({"code": project.root / "file"}, "is not a ZIP file"),
        "Remote": ({"reason": "its code is in S3"}, "its code is in S3"),
        "Runtime": ({"code": code, "runtime": "cobol85"}, "'cobol85' is not a runtime of Lambda"),
        "NoRuntime": ({"code": code, "runtime": ""}, "add Runtime"),
    }
    declared = [project.function(name, **given) for name, (given, _) in functions.items()]

    async def use(made: DeclaredFunctions) -> None:
        notes = [each for each in made.notes if "Resources" in each]
        assert len(notes) == len(functions)
        for note, (name, (_, says)) in zip(notes, functions.items(), strict=True):
            assert note.startswith(f"template.yaml#/Resources/{name}: the function {name} does not")
            assert says in note
            with pytest.raises(InvokerError, match=f"the function {name} cannot run"):
                await call(made, name)
        # What was missing may appear.
        project.write({".aws-sam/build/F/app.py": "handler = lambda e, c: 'built'"})
        assert await made.change(declared, [built / "app.py"]) == ("Unbuilt",)
        assert await call(made, "Unbuilt") == "built"

    project.run(declared, use)


def test_code_comes_from_zip_files_and_inline_too(project: Project, tmp_path: Path) -> None:
    packed, layer = tmp_path / "code.zip", tmp_path / "layer.zip"
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("app.py", "import a, b\nhandler = lambda e, c: [a.V, b.V]")
    with zipfile.ZipFile(layer, "w") as made:
        made.writestr("python/a.py", "V = 'second'")
    project.write({"one/python/a.py": "V = 'first'", "one/python/b.py": "V = 'first'"})
    layers = (tmp_path / "one", layer)
    inline = "import cfnresponse\ndef handler(event, context): return cfnresponse.SUCCESS"
    functions = [
        project.function("Zip", code=packed, layers=layers),
        project.function("Inline", source=inline, handler="index.handler"),
    ]

    async def use(declared: DeclaredFunctions) -> None:
        assert await call(declared, "Zip") == ["second", "first"]
        assert await call(declared, "Inline") == "SUCCESS"
        with zipfile.ZipFile(layer, "w") as made:
            made.writestr("python/a.py", "V = 'third'")
        assert await declared.change(functions, [layer]) == ("Zip",)
        assert await call(declared, "Zip") == ["third", "first"]

    project.run(functions, use)


def test_a_layer_that_sam_has_yet_to_build_is_used_as_sam_places_it(project: Project) -> None:
    project.write(
        {"layer/shared.py": "V = 1", "F/app.py": "import shared\ndef handler(e, c): return 1"}
    )
    function = project.function("F", layers=(project.root / "layer",))

    async def use(declared: DeclaredFunctions) -> None:
        assert "as `sam build` places them" in declared.notes[0]
        assert await call(declared, "F") == 1

    project.run([function], use)


def test_other_versions_of_python_are_run_by_this_one_with_one_note(project: Project) -> None:
    project.write({"F/app.py": "handler = lambda e, c: 1"})
    code = project.root / "F"
    functions = [project.function(f"F{n}", code=code, runtime="python3.8") for n in range(6)]

    async def use(declared: DeclaredFunctions) -> None:
        (note,) = declared.notes
        assert "(python3.8: F0, F1, F2 and 3 more)" in note
        assert await call(declared, "F3") == 1

    project.run(functions, use)


def test_what_is_different_for_one_function_is_noted(project: Project) -> None:
    project.write({"F/app.py": "", "layer/python/a.py": ""})
    variables = {"PYTHONPATH": "lib", "AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrap", "AWS_REGION": ""}
    layers = (project.root / "layer",) * 6
    function = project.function("F", layers=layers, environment=variables)

    async def use(declared: DeclaredFunctions) -> None:
        text = "\n".join(declared.notes)
        assert "has 6 layers; Lambda takes 5" in text
        assert "add /opt/python" in text
        assert "AWS_LAMBDA_EXEC_WRAPPER" in text
        assert "Lambda refuses the reserved variable AWS_REGION, which is left out here" in text
        assert "the function G does not run: F has the name stack-F, too" in text

    project.run([function, replace(function, logical_id="G")], use)


def test_a_reserved_variable_of_a_template_cannot_hide_the_code(project: Project) -> None:
    project.write({"F/app.py": ABOUT, "F/util.py": "NAME = 1"})
    reserved = {"LAMBDA_TASK_ROOT": "/x", "_HANDLER": "y.z", "AWS_REGION": "eu-north-1"}
    function = project.function("F", environment={**reserved, "EMPTY": ""})

    async def use(declared: DeclaredFunctions) -> None:
        environ = (await call(declared, "F"))["environ"]
        assert (environ["_HANDLER"], environ["AWS_REGION"]) == ("app.handler", "us-east-1")
        assert environ["LAMBDA_TASK_ROOT"] == str(project.root / "F")
        assert environ["EMPTY"] == ""

    project.run([function], use)


def test_without_an_engine_only_what_needs_a_container_does_not_run(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    project.write({"F/app.py": "handler = lambda e, c: 1", "N/app.js": ""})
    functions = [
        project.function("F"),
        project.function("N", runtime="nodejs20.x"),
        project.function("I", image="there:latest"),
    ]

    async def use(declared: DeclaredFunctions) -> None:
        notes = [each for each in declared.notes if "Resources" in each]
        assert len(notes) == 2
        assert "nodejs20.x runs in a container only" in notes[0]
        assert all("no Docker engine can be reached: start one" in each for each in notes)
        assert await call(declared, "F") == 1

    project.run(functions, use)
