"""TrainMon: a TensorBoard tab for training jobs, and the logger that tells it more.

    from tb_trainmon import TaskLogger

Importing this package costs a training script next to nothing: what ``TaskLogger`` needs is
imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tb_trainmon.logger import TaskLogger

__all__ = ["TaskLogger", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name != "TaskLogger":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tb_trainmon.logger import TaskLogger  # noqa: PLC0415  (late, as said above)

    return TaskLogger
