"""How fast the training is, by the clock; and the rest that keeps a laptop cool."""

from __future__ import annotations

import time
from collections import deque

#: Speed is measured over so many steps.
STEPS = 10


class Speed:
    """Samples per second over the latest steps, evaluations, checkpoints and rests included."""

    def __init__(self, batch_size: int, steps_per_second: float) -> None:
        self._batch_size = batch_size
        self._shortest_step = 1 / steps_per_second if steps_per_second > 0 else 0.0
        self._step_began = time.perf_counter()
        self._moments = deque([self._step_began], maxlen=STEPS + 1)

    def samples_per_second(self) -> float:
        """The speed; to be asked once in every step."""
        self._moments.append(time.perf_counter())
        steps = len(self._moments) - 1
        return steps * self._batch_size / (self._moments[-1] - self._moments[0])

    def rest(self) -> None:
        """Wait until the next step may begin."""
        left = self._shortest_step - (time.perf_counter() - self._step_began)
        if left > 0:
            time.sleep(left)
        self._step_began = time.perf_counter()
