"""The ends of a training that its framework has no hook for: exceptions, and the process's end.

Whoever stands in ``sys.excepthook`` before us is called after us, as ever. SIGTERM is not here:
``TaskLogger`` watches for it by itself.
"""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

Failed = Callable[[BaseException], None]
ExceptHook = Callable[[type[BaseException], BaseException, TracebackType | None], Any]


class UnseenEnds:
    """Watches the process while a training is on.

    ``failed`` gets an exception, KeyboardInterrupt included, that nobody caught: one that ends the
    process, or a notebook's cell. ``exited`` is called when the process ends by itself.
    """

    def __init__(self, failed: Failed, exited: Callable[[], None]) -> None:
        self._failed = failed
        self._exited = exited
        self._previous: ExceptHook | None = None
        self._is_watching = False
        self._notebook: Any = None

    def watch(self) -> None:
        """Begin to watch."""
        self._previous = sys.excepthook
        sys.excepthook = self._raised
        self._is_watching = True
        atexit.register(self._exited)
        self._notebook = _running_notebook()
        if self._notebook is not None:
            self._notebook.events.register("post_run_cell", self._cell_ran)

    def unwatch(self) -> None:
        """Put back what was there, unless somebody has put another hook before ours."""
        self._is_watching = False
        if sys.excepthook == self._raised and self._previous is not None:
            sys.excepthook = self._previous
        atexit.unregister(self._exited)
        notebook, self._notebook = self._notebook, None
        if notebook is not None:
            notebook.events.unregister("post_run_cell", self._cell_ran)

    def _raised(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        try:
            if self._is_watching:
                self._failed(error)
        finally:
            (self._previous or sys.__excepthook__)(kind, error, trace)

    def _cell_ran(self, result: Any) -> None:
        error = getattr(result, "error_in_exec", None)
        if isinstance(error, BaseException):
            self._failed(error)


def _running_notebook() -> Any:
    """IPython's shell, if this is one: it shows exceptions itself and goes on."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()
