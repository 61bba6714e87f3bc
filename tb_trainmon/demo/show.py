"""``trainmon demo``: a live training and TensorBoard beside it, until Ctrl-C ends both."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tb_trainmon.demo.children import Child
from tb_trainmon.demo.ports import HOST, answers, free_port
from tb_trainmon.demo.settings import Settings

#: What the training writes lies here, below the log directory, with its own database: the logs
#: that are committed in ``demo_logs`` are never written to.
LIVE = "live"
TASK = "char-lm"

#: About eleven minutes for a whole training, at a twenty-fifth of a core.
STEPS_PER_SECOND = 12.0

POLL_SECONDS = 0.2


#: A closed terminal sends SIGHUP.
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ending:
    """Whether somebody asked for the end: with Ctrl-C, with SIGTERM or by closing the terminal.

    Noted and looked at, not raised: an exception between the start of a child and the line that
    remembers it would leave that child behind.
    """

    def __init__(self) -> None:
        self.asked = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Note the signals in here; as many as come."""
        before = {number: signal.signal(number, self._note) for number in ENDING_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def run(logdir: Path, wanted_port: int, steps: int = Settings.total_steps) -> int:
    """Start both, say where to look, and stay until told to end; gives the exit code."""
    ending = Ending()
    port = free_port(wanted_port)
    if port != wanted_port:
        _say(f"Port {wanted_port} is taken; TensorBoard gets port {port} instead.")
    _say("Starting a small training and TensorBoard ...")
    try:
        with (
            ending.watched(),
            _job(logdir, steps) as job,
            _tensorboard(logdir, port) as tensorboard,
        ):
            return _show(logdir, port, job, tensorboard, ending)
    except OSError as error:
        _say(f"Cannot write to {logdir}: {error.strerror or error}.")
        return 1


def _show(logdir: Path, port: int, job: Child, tensorboard: Child, ending: Ending) -> int:
    while not ending.asked and tensorboard.exit_code() is None and not answers(port):
        time.sleep(POLL_SECONDS)
    if not ending.asked and tensorboard.exit_code() is None:
        _say(f"\n    http://{HOST}:{port}/#trainmon\n")
        _say(f"The training writes to {logdir / LIVE}. Ctrl-C ends both.")
        _stay(job, tensorboard, ending)
    if not ending.asked:
        _say(f"TensorBoard ended by itself: {tensorboard.last_words()}")
        _say(f"All that it said is in {tensorboard.output}")
        return 1
    _say("\nEnding the training and TensorBoard.")
    return 0


def _stay(job: Child, tensorboard: Child, ending: Ending) -> None:
    said = False
    while not ending.asked and tensorboard.exit_code() is None:
        if not said and job.exit_code() is not None:
            said = True
            _say(_how_it_ended(job))
        time.sleep(POLL_SECONDS)


def _job(logdir: Path, steps: int) -> Child:
    live = logdir / LIVE
    arguments = ["tb_trainmon.demo.job", "--logdir", str(live), "--task", TASK, "--resume"]
    arguments += ["--total-steps", str(steps), "--steps-per-second", str(STEPS_PER_SECOND)]
    # One thread: more make these small matrices no faster, and the laptop warm.
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    return Child(arguments, live / "job.log", threads)


def _tensorboard(logdir: Path, port: int) -> Child:
    arguments = ["tensorboard.main", "--logdir", str(logdir), "--port", str(port)]
    return Child([*arguments, "--reload_interval", "2"], logdir / LIVE / "tensorboard.log")


def _how_it_ended(job: Child) -> str:
    if job.exit_code() == 0:
        return "The training is complete. TensorBoard stays; Ctrl-C ends it."
    return f"The training failed: {job.last_words()} TensorBoard stays; Ctrl-C ends it."


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
