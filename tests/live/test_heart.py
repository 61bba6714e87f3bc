"""One thread, only while there is something to do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from tb_trainmon.live.heart import Heart
from tb_trainmon.live.watcher import Watcher
from tests.live.conftest import Count, Scene
from tests.routes.trainer import Trainer


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "TrainMon live"]


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10.0
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_one_thread_watches_for_all_and_ends_when_nobody_does(
    scene: Scene, trainer: Trainer
) -> None:
    watcher = Watcher(scene.tasks)
    assert threads() == []
    viewers = [watcher.join(Count(), None) for _ in range(50)]
    (thread,) = threads()
    assert thread.daemon, "it must not keep Ctrl-C waiting"
    for viewer in viewers:
        assert viewer.take(10.0) is not None
        watcher.leave(viewer)
    wait_until(lambda: threads() == [])
    late = watcher.join(Count(), None)
    assert late.take(10.0) is not None
    watcher.leave(late)
    wait_until(lambda: threads() == [])


def test_who_waits_is_woken_by_what_is_written(
    scene: Scene, trainer: Trainer, tmp_path: Path
) -> None:
    watcher = Watcher(scene.tasks)
    viewer = watcher.join(Count(), scene.now())
    trainer.log(4, loss=0.1)
    trainer.flush()
    parcel = viewer.take(10.0)
    watcher.leave(viewer)
    assert parcel is not None
    assert parcel.content == b"1 new"
    wait_until(lambda: threads() == [])


def test_a_start_while_the_last_beat_ends_is_not_lost() -> None:
    """However often the two meet."""
    beats: list[int] = []
    wanted = threading.Semaphore(0)

    def beat() -> float | None:
        while wanted.acquire(blocking=False):
            beats.append(1)
        return None

    heart = Heart(beat, rest=lambda _: None)
    for count in range(1, 300):
        wanted.release()
        heart.start()
        wait_until(lambda count=count: len(beats) == count)  # type: ignore[misc]
    wait_until(lambda: threads() == [])
