"""TensorBoards that are forked from a process that has imported TensorBoard: a sixth of a start.

Each is TensorBoard's own program with its own plugins, and TrainMon as it is installed. But the
page that it serves is a bare one, which gives our frame what TensorBoard's page gives: an address,
a title, a theme, a place below a bar. It costs a browser less than half of TensorBoard's page, so
tests look at our tab in it; how it does in TensorBoard's own is asked of ``running_tensorboard``.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from zipfile import ZipFile

from tests.tensorboard_process import (
    ENDS_WITHIN_SECONDS,
    ON_A_FREE_PORT,
    TensorBoard,
    heed_ctrl_c,
    wait_for_url,
)

#: TensorBoard's bar is as high.
BARE_PAGE = """
<html lang="en">
  <title>TensorBoard</title>
  <link rel="icon" href="data:,">
  <style>
    body { margin: 0; }
    iframe { position: absolute; top: 64px; width: 100%; height: calc(100% - 64px); border: 0; }
  </style>
  <body><iframe src="data/plugin_entry.html?name=trainmon"></iframe></body>
</html>
"""

_forks = get_context("forkserver")
_forks.set_forkserver_preload(["tensorboard.main", "tensorboard.program", "tb_trainmon.plugin"])


@contextlib.contextmanager
def forked_tensorboard(*arguments: str) -> Iterator[TensorBoard]:
    """Start TensorBoard with ``arguments`` on a free port; end it with the block."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output.txt"
        output.touch()
        words = ["tensorboard", *ON_A_FREE_PORT, *arguments]
        process = _forks.Process(target=_run, args=(words, output, dict(os.environ)))
        process.start()
        assert process.pid is not None
        try:
            yield TensorBoard(wait_for_url(process.is_alive, output), output, process.pid)
        finally:
            _end(process)


def _end(process: ForkServerProcess) -> None:
    """Ask it to end, as Ctrl-C does; the data server that it started goes with it."""
    assert process.pid is not None
    if process.is_alive():
        os.kill(process.pid, signal.SIGINT)
    process.join(ENDS_WITHIN_SECONDS)
    if process.is_alive():
        os.killpg(process.pid, signal.SIGKILL)
        process.join()
        raise AssertionError("TensorBoard did not end when it was asked to.")


# ---- in the new process --------------------------------------------------------------------------


def _run(words: Sequence[str], output: Path, environment: Mapping[str, str]) -> None:
    """What a shell and then ``tensorboard.main`` do."""
    os.setsid()
    os.chdir(output.parent)
    os.environ.clear()
    os.environ.update(environment)
    with output.open("wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    heed_ctrl_c()
    sys.argv = list(words)

    from absl import app  # noqa: PLC0415  what the process was forked for
    from tensorboard import default, main_lib, program  # noqa: PLC0415

    main_lib.global_init()
    tensorboard = program.TensorBoard(default.get_plugins(), assets_zip_provider=_pages())
    try:
        app.run(tensorboard.main, flags_parser=tensorboard.configure)
    finally:
        atexit._run_exitfuncs()  # which a process of multiprocessing leaves out


def _pages() -> Callable[[], BytesIO]:
    """The files that TensorBoard is to serve as its own."""
    archive = BytesIO()
    with ZipFile(archive, "w") as pages:
        pages.writestr("index.html", BARE_PAGE)
    return lambda: BytesIO(archive.getvalue())
