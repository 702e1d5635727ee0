"""ZIP files of packages, also such as nobody should unpack."""

from __future__ import annotations

import contextlib
import stat
import struct
import tempfile
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.serving.functions.archives import UnusableCode, check_archive, copy_tree, unpack


def archive(path: Path, files: dict[str, bytes | str], links: dict[str, str] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
        for name, target in (links or {}).items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            made.writestr(entry, target)
    return path


def test_files_folders_links_and_programs_are_unpacked(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"app.py": "x", "deep/er/": "", "b/c.txt": "y"}, {"l": "b"})
    with zipfile.ZipFile(path, "a") as made:
        program = zipfile.ZipInfo("bin/run")
        program.external_attr = 0o100755 << 16
        made.writestr(program, "#!")
    folder = tmp_path / "out"
    unpack(path, folder)
    assert (folder / "app.py").read_text() == "x"
    assert (folder / "deep/er").is_dir()
    assert (folder / "l/c.txt").read_text() == "y"
    assert (folder / "bin/run").stat().st_mode & 0o777 == 0o755
    assert (folder / "app.py").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("name", ["../evil.py", "/evil.py", "a/../../evil.py", "a/.."])
def test_an_entry_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "a.zip", {"app.py": "x", name: "evil"})
    for use in (check_archive, lambda path: unpack(path, tmp_path / "out")):
        with pytest.raises(UnusableCode, match="outside of the package"):
            use(path)
    assert not list(tmp_path.rglob("evil.py"))
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    with pytest.raises(UnusableCode, match="leads out of the package"):
        unpack(archive(tmp_path / "a.zip", {}, {"link": str(outside)}), tmp_path / "out")
    within = archive(tmp_path / "b.zip", {"real/x": "1"}, {"link": "real"})
    with zipfile.ZipFile(within, "a") as made:
        made.writestr("link/y", "2")
    unpack(within, tmp_path / "out")
    assert not (tmp_path / "out/real/y").exists()
    assert (tmp_path / "out/link/y").read_text() == "2"


@pytest.mark.parametrize("damage", ["none", "cut", "bytes", "encrypted", "method"])
def test_a_file_that_is_no_whole_archive_is_an_error_with_its_name(
    tmp_path: Path, damage: str
) -> None:
    path = archive(tmp_path / "a.zip", {"app.py": bytes(range(256)) * 40})
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    if damage == "none":
        data = bytearray(b"print()")
    elif damage == "cut":
        del data[-30:]
    elif damage == "bytes":
        data[60:90] = bytes(30)
    elif damage == "encrypted":
        data[6], data[central + 8] = 1, 1
    else:
        data[8], data[central + 10] = 77, 77
    path.write_bytes(data)
    with pytest.raises(UnusableCode, match=r"a\.zip"):
        unpack(path, tmp_path / "out")


def test_a_huge_archive_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"app.py": "x"})
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 900_000_000)
    path.write_bytes(data)
    with pytest.raises(UnusableCode, match="858 MB unzipped; Lambda takes 250 MB"):
        unpack(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_archive_has_not_more_than_it_says(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"app.py": bytes(5_000_000)})
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 10)
    path.write_bytes(data)
    with pytest.raises(UnusableCode, match="damaged"):
        unpack(path, tmp_path / "out")
    assert all(each.stat().st_size <= 10 for each in (tmp_path / "out").iterdir())


def test_a_later_tree_wins_and_loops_of_links_end(tmp_path: Path) -> None:
    first, second, merged = tmp_path / "first", tmp_path / "second", tmp_path / "merged"
    for folder in (first / "python", second / "python" / "__pycache__", merged):
        folder.mkdir(parents=True)
    (first / "python/a.py").write_text("first")
    (first / "python/b.py").write_text("first")
    (first / "python/loop").symlink_to(first)
    (second / "python/b.py").write_text("second")
    (second / "python/__pycache__/b.pyc").write_text("")
    (second / "python/a.py").mkdir()
    (second / "python/a.py/inner").write_text("a folder now")
    copy_tree(first, merged)
    copy_tree(second, merged)
    assert (merged / "python/b.py").read_text() == "second"
    assert (merged / "python/a.py/inner").read_text() == "a folder now"
    assert not list(merged.rglob("__pycache__"))


NAMES = st.text(st.sampled_from("ab./\\\0é"), max_size=6)
ENTRIES = st.lists(st.tuples(NAMES, st.sampled_from(["file", "link"]), NAMES), max_size=6)


@given(ENTRIES)
def test_no_archive_writes_outside_of_its_folder_or_is_a_traceback(
    entries: list[tuple[str, str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as root:
        outside = Path(root, "a")
        outside.write_text("untouched")
        path = Path(root, "code.zip")
        with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as made:
            warnings.simplefilter("ignore")  # of names that occur twice
            for name, kind, target in entries:
                entry = zipfile.ZipInfo(name)
                entry.external_attr = (stat.S_IFLNK if kind == "link" else stat.S_IFREG) << 16
                made.writestr(entry, target)
        folder = Path(root, "out")
        with contextlib.suppress(UnusableCode):
            unpack(path, folder)
        assert outside.read_text() == "untouched"
        assert {each.name for each in Path(root).iterdir()} <= {"a", "code.zip", "out"}
        for each in folder.rglob("*"):
            with contextlib.suppress(RuntimeError, OSError):  # links in a circle
                assert each.resolve().is_relative_to(folder)
