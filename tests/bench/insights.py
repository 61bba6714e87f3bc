"""What the rules cost over a task of two million points, the first time and in a tick.

    python -m tests.bench.insights [--points 2000000] [--ticks 50]

Seconds of this process' CPU, the least of the rounds. Everything but the rules (files, attempts,
series) is done before the clock starts: series are made in memory, as an open task hands them over.
A tick appends ten steps to each series and looks again; a short task, whose buckets are single
points, is the harder one.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from tb_trainmon.core.columns import Column, GrowingColumn, column
from tb_trainmon.insights.course import Condenser
from tb_trainmon.insights.looking import Looking
from tb_trainmon.insights.registry import RULES
from tb_trainmon.insights.rule import Rule
from tb_trainmon.insights.subject import Series, Subject, TaskFacts
from tb_trainmon.series.accumulate import Piece, alone

_BEGAN = 1_795_000_000.0
_METRICS = ("loss", "grad_norm", "learning_rate")
_NEW = 10


class Scene:
    """A training that has logged ``steps`` steps of three metrics, and evaluations."""

    def __init__(self, steps: int) -> None:
        self._chance = np.random.default_rng(0)
        self._steps = 0
        self._columns = {name: GrowingColumn() for name in (*_METRICS, "eval_loss")}
        self._condensers: dict[str, Condenser] = {}
        self.grow(steps)

    def grow(self, steps: int) -> None:
        """Log so many steps more."""
        step = np.arange(self._steps + 1, self._steps + steps + 1)
        time_ = _BEGAN + step * 0.1
        noise = self._chance.standard_normal((2, steps))
        loss = 4.0 * step**-0.1 * np.exp(0.05 * noise[0])
        for name, value in (
            ("loss", loss),
            ("grad_norm", np.exp(0.5 * noise[1])),
            ("learning_rate", np.full(steps, 1e-3)),
        ):
            self._columns[name].extend(column(step, time_, value))
        at = step % 1000 == 0
        self._columns["eval_loss"].extend(column(step[at], time_[at], loss[at] + 0.1))
        self._steps += steps

    def subject(self) -> Subject:
        """The attempt as it is now, as the room's door makes it."""
        made: dict[str, Series] = {}

        def series(metric: str) -> Series | None:
            if metric not in self._columns:
                return None
            if metric not in made:
                points: Column = self._columns[metric].view()
                condenser = self._condensers.setdefault(metric, Condenser())
                laid = alone(Piece(1, 0, points))
                made[metric] = Series(metric, laid, condenser.course(points))
            return made[metric]

        return Subject(
            number=1,
            kind="first",
            status="running",
            is_current=True,
            start_step=0,
            last_step=self._steps,
            task=TaskFacts(total=10**7, live=True, evaluated_by=("eval_loss",)),
            config={"max_grad_norm": 1.0},
            series=series,
        )


def seconds(of: Callable[[], object]) -> float:
    """CPU time that a call takes."""
    began = time.process_time()
    of()
    return time.process_time() - began


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--points", type=int, default=2_000_000)
    asked.add_argument("--ticks", type=int, default=50)
    chosen = asked.parse_args()
    for points in (chosen.points, 3 * 2000):
        scene = Scene(points // len(_METRICS))
        looking = Looking(RULES)
        first = seconds(lambda: looking.told([scene.subject()]))  # noqa: B023
        ticks = []
        for _ in range(chosen.ticks):
            scene.grow(_NEW)
            ticks.append(seconds(lambda: looking.told([scene.subject()])))  # noqa: B023
        print(  # noqa: T201
            f"{points:>9,} points: first {first * 1e3:6.1f} ms, "
            f"a tick {np.median(ticks) * 1e3:.2f} ms "
            f"(the longest {max(ticks) * 1e3:.2f} ms)"
        )
        by_rule = {rule.id: _alone(rule, scene) for rule in RULES}
        for name, took in sorted(by_rule.items(), key=lambda item: -item[1])[:8]:
            print(f"            {name:24} {took * 1e3:.2f} ms")  # noqa: T201


def _alone(rule: Rule, scene: Scene) -> float:
    return min(seconds(lambda: Looking([rule]).told([scene.subject()])) for _ in range(5))


if __name__ == "__main__":
    main()
