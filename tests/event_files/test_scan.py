from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tb_trainmon.event_files import scan as scanning
from tb_trainmon.event_files.scan import Folder, LogdirScan, scan_logdir

EVENTS = "events.out.tfevents."


def scan(root: Path | str, *interesting: str) -> LogdirScan:
    return scan_logdir(str(root), lambda name: name in interesting)


def put(path: Path, content: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def folder(found: LogdirScan, path: str) -> Folder:
    return next(folder for folder in found.folders if folder.path == path)


def paths(found: LogdirScan) -> list[str]:
    return [folder.path for folder in found.folders]


def test_every_folder_is_told_parents_first(tmp_path: Path) -> None:
    """Also those without event files: checkpoints are folders too."""
    put(tmp_path / "b" / "run" / (EVENTS + "1.vm.1.0"))
    (tmp_path / "a" / "checkpoint-20").mkdir(parents=True)
    found = scan(tmp_path)
    assert paths(found) == ["", "a", "a/checkpoint-20", "b", "b/run"]
    assert folder(found, "").folder_names == ("a", "b")
    assert folder(found, "a").folder_names == ("checkpoint-20",)
    assert found.root == str(tmp_path)
    assert found.problems == ()


def test_an_event_file_is_told_with_its_name_size_and_identity(tmp_path: Path) -> None:
    path = put(tmp_path / (EVENTS + "1700000000.vm.42.3"), b"12345")
    os.utime(path, (1000, 2000))
    (file,) = folder(scan(tmp_path), "").event_files
    status = path.stat()
    assert (file.path, file.size, file.modified_at) == (str(path), 5, 2000.0)
    assert (file.device, file.inode) == (status.st_dev, status.st_ino)
    assert (file.name.created, file.name.host, file.name.pid, file.name.uid) == (1.7e9, "vm", 42, 3)


def test_event_files_are_in_the_order_of_their_creation(tmp_path: Path) -> None:
    """By the time in the name, then by the writer's number; not as text."""
    names = ["200.vm.9.0", "1000.vm.7.2", "1000.vm.7.10", "1000.vm.7.10.v2"]
    for name in reversed(names):
        put(tmp_path / (EVENTS + name))
    found = folder(scan(tmp_path), "").event_files
    assert [Path(file.path).name for file in found] == [EVENTS + name for name in names]


def test_other_files_are_told_only_if_they_are_asked_for(tmp_path: Path) -> None:
    for name in ("args.yaml", "model.pt", EVENTS + "1.vm.1.0.profile-empty"):
        put(tmp_path / name)
    found = folder(scan(tmp_path, "args.yaml", "hparams.yml"), "")
    assert found.file_names == {"args.yaml"}
    assert found.event_files == ()


def test_a_folder_named_like_an_event_file_is_a_folder(tmp_path: Path) -> None:
    put(tmp_path / "x.tfevents.1" / (EVENTS + "1.vm.1.0"))
    found = scan(tmp_path)
    assert paths(found) == ["", "x.tfevents.1"]
    assert folder(found, "").event_files == ()


def test_links_are_followed_to_folders_and_files_elsewhere(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere" / "run" / (EVENTS + "1.vm.1.0"))
    root = tmp_path / "logs"
    root.mkdir()
    (root / "linked").symlink_to(tmp_path / "elsewhere" / "run")
    (root / (EVENTS + "2.vm.1.0")).symlink_to(
        tmp_path / "elsewhere" / "run" / (EVENTS + "1.vm.1.0")
    )
    found = scan(root)
    assert paths(found) == ["", "linked"]
    assert len(folder(found, "").event_files) == len(folder(found, "linked").event_files) == 1


def test_a_circle_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "again").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    assert paths(scan(tmp_path)) == ["", "run"]


def test_a_link_beside_a_folder_shows_it_once_and_by_its_own_name(tmp_path: Path) -> None:
    """As with "latest -> run_5"."""
    put(tmp_path / "zebra" / (EVENTS + "1.vm.1.0"))
    (tmp_path / "latest").symlink_to(tmp_path / "zebra")
    found = scan(tmp_path)
    assert paths(found) == ["", "zebra"]
    assert folder(found, "").folder_names == ("latest", "zebra")


@pytest.mark.parametrize("target", ["/", "..", "../.."])
def test_a_link_to_what_is_around_the_log_directory_is_not_followed(
    tmp_path: Path, target: str
) -> None:
    """It would show the whole disk, and go through all of it first."""
    put(tmp_path / "beside" / (EVENTS + "1.a"))
    put(tmp_path / "around" / "logs" / "run" / (EVENTS + "1.a"))
    root = tmp_path / "around" / "logs"
    (root / "run" / "out").symlink_to(Path(target) if target == "/" else root / target)
    found = scan(root)
    assert paths(found) == ["", "run"]
    assert [(p.code, p.where) for p in found.problems] == [("folder_refused", "run/out")]


def test_a_link_into_a_wilderness_is_left_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the next link leads to is shown all the same."""
    monkeypatch.setattr(scanning, "BARREN", 20)
    for number in range(100):
        (tmp_path / "usr" / f"lib{number}" / "share").mkdir(parents=True)
        put(tmp_path / "collected" / f"run{number}" / (EVENTS + "1.a"))
        (tmp_path / "collected" / f"run{number}" / "checkpoint").mkdir()
    root = tmp_path / "logs"
    root.mkdir()
    (root / "a").symlink_to(tmp_path / "usr")
    (root / "b").symlink_to(tmp_path / "collected")
    found = scan(root)
    assert [(p.code, p.where) for p in found.problems] == [("folder_left_out", "a")]
    assert sum(path.startswith("a") for path in paths(found)) < 25
    assert sum(path.startswith("b/") for path in paths(found)) == 200


def test_folders_of_the_log_directory_itself_may_be_barren(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "BARREN", 20)
    for number in range(50):
        (tmp_path / f"folder{number}").mkdir()
    assert len(paths(scan(tmp_path))) == 51


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="Linux alone has it.")
def test_a_link_to_the_system_s_own_folders_is_not_followed(tmp_path: Path) -> None:
    """They have no end: each process has its folders, and a link to the root of all."""
    put(tmp_path / "run" / (EVENTS + "1.a"))
    for name in ("proc", "sys", "dev"):
        (tmp_path / name).symlink_to(f"/{name}")
    assert paths(scan(tmp_path)) == ["", "run"]


def test_a_link_that_leads_nowhere_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / (EVENTS + "1.vm.1.0")).symlink_to(tmp_path / "gone")
    found = scan(tmp_path)
    assert folder(found, "").event_files == ()
    assert found.problems == ()


def test_a_named_pipe_is_passed_over(tmp_path: Path) -> None:
    """Opening it would wait for a writer."""
    os.mkfifo(tmp_path / (EVENTS + "1.vm.1.0"))
    assert folder(scan(tmp_path), "").event_files == ()


def test_a_missing_log_directory_is_a_problem(tmp_path: Path) -> None:
    found = scan(tmp_path / "nothing")
    (problem,) = found.problems
    assert (problem.code, problem.where) == ("logdir_missing", str(tmp_path / "nothing"))
    assert "No such file" in problem.message
    assert found.folders == ()


def test_a_log_directory_that_is_a_file_is_a_problem(tmp_path: Path) -> None:
    (problem,) = scan(put(tmp_path / "file")).problems
    assert problem.code == "logdir_missing"
    assert problem.message == "The log directory is a file. Name the folder that it lies in."


def test_an_unreadable_folder_is_a_problem_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        put(tmp_path / name / (EVENTS + "1.vm.1.0"))
    real = os.scandir

    def scandir(path: str) -> os._ScandirIterator[str]:
        # Permissions do not stop root, and the tests may run as root.
        if path.endswith("/b"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = scan(tmp_path)
    assert paths(found) == ["", "a", "c"]
    (problem,) = found.problems
    assert (problem.code, problem.where) == ("folder_unreadable", "b")


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "logs" / "run").mkdir(parents=True)
    found = scan("~/logs")
    assert found.root == str(tmp_path / "logs")
    assert paths(found) == ["", "run"]


def test_names_that_are_no_unicode_do_no_harm(tmp_path: Path) -> None:
    put(tmp_path / os.fsdecode(b"caf\xe9") / os.fsdecode(b"events.out.tfevents.1.h\xf6st.1.0"))
    found = scan(tmp_path)
    assert len(found.folders[1].event_files) == 1


def test_scanning_needs_neither_numpy_nor_protobuf() -> None:
    """So that the command line can list a log directory at once."""
    program = (
        "import sys, tb_trainmon.event_files.scan;"
        "sys.exit(any(m in sys.modules for m in ('numpy', 'google.protobuf', 'tensorboard')))"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0


def test_what_is_as_it_was_is_the_same_object_and_nothing_else_is(tmp_path: Path) -> None:
    for run in ("a", "b", "c", "d"):
        put(tmp_path / run / (EVENTS + "1.vm.1.0"))
    before = scan(tmp_path, "error.txt")
    put(tmp_path / "b" / (EVENTS + "1.vm.1.0"), b"more")
    put(tmp_path / "c" / "error.txt")
    (tmp_path / "d" / (EVENTS + "1.vm.1.0")).unlink()
    now = scan_logdir(str(tmp_path), lambda name: name == "error.txt", before=before)
    assert now == scan(tmp_path, "error.txt")
    same = {folder.path for folder in now.folders if any(folder is f for f in before.folders)}
    assert same == {"", "a"}
    files = [file for folder in before.folders for file in folder.event_files]
    assert [any(f is e for f in files) for folder in now.folders for e in folder.event_files] == [
        True,
        False,
        True,
    ]
