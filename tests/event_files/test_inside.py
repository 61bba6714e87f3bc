"""Only regular files inside the log directory are opened, whatever is called like one."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tb_trainmon.event_files.disk import LocalDisk
from tb_trainmon.event_files.event_file import EventFile
from tb_trainmon.event_files.inside import InsideDisk
from tb_trainmon.event_files.scan import scan_logdir

EVENTS = "events.out.tfevents.1700000000.host.1.0"


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("a password\n")
    logdir = tmp_path / "logs"
    (logdir / "run").mkdir(parents=True)
    (logdir / "shared.txt").write_text("out of memory\n")
    return logdir


def read(path: Path, *roots: Path) -> bytes:
    with InsideDisk(LocalDisk(), [str(root) for root in roots]).open(str(path)) as file:
        return file.read(0, 100)


def test_a_link_that_leads_out_is_not_followed_by_any_way(logdir: Path) -> None:
    for number, target in enumerate((str(logdir.parent / "secret"), "../../secret", "/etc/passwd")):
        link = logdir / "run" / f"link{number}"
        link.symlink_to(target)
        with pytest.raises(OSError, match="leads out of the log directory"):
            read(link, logdir)
    first = logdir / "run" / "over_another"
    first.symlink_to("link0")
    with pytest.raises(OSError, match="leads out of the log directory"):
        read(first, logdir)


def test_a_link_within_the_log_directory_is_followed(logdir: Path) -> None:
    link = logdir / "run" / "error.txt"
    link.symlink_to("../shared.txt")
    assert read(link, logdir) == b"out of memory\n"


def test_a_file_in_a_folder_that_is_linked_from_elsewhere_is_read(
    logdir: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "error.txt").write_text("boom")
    (logdir / "linked").symlink_to(tmp_path / "elsewhere")
    assert read(logdir / "linked" / "error.txt", logdir) == b"boom"


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "folder"])
def test_what_is_no_regular_file_is_an_error_at_once(logdir: Path, kind: str) -> None:
    path = logdir / "run" / "x"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            os.chdir(path.parent)  # the paths of sockets are short
            server.bind("x")
    elif kind == "device":
        path = Path("/dev/zero")
    else:
        path.mkdir()
    for disk in (LocalDisk(), InsideDisk(LocalDisk())):
        with pytest.raises(OSError), disk.open(str(path)):  # noqa: PT011  its words differ
            pass


def test_an_event_file_that_turns_into_a_pipe_is_a_problem_and_no_wait(logdir: Path) -> None:
    path = logdir / "run" / EVENTS
    path.write_bytes(b"")
    file = EventFile(str(path))
    file.read()
    path.unlink()
    os.mkfifo(path)
    (problem,) = file.read().problems
    assert (problem.code, "regular file" in problem.message) == ("file_unreadable", True)


def test_the_scan_says_what_it_does_not_read(logdir: Path) -> None:
    os.mkfifo(logdir / "run" / "error.txt")
    (logdir / "run" / "hparams.yml").symlink_to(logdir.parent / "secret")
    (logdir / "run" / "gone.txt").symlink_to("nowhere")
    (logdir / "run" / "inside.txt").symlink_to("../shared.txt")
    scan = scan_logdir(str(logdir), lambda name: name.endswith((".txt", ".yml")))
    names = {folder.path: folder.file_names for folder in scan.folders}
    assert names == {"": {"shared.txt"}, "run": {"inside.txt"}}
    told = {problem.where.rpartition("/")[2]: problem.message for problem in scan.problems}
    assert told == {
        "error.txt": "It is not a regular file: it is not read.",
        "hparams.yml": "It is a link that leads out of the log directory: it is not read.",
    }
