"""The TensorBoard plugin: wires the rooms together, holds no logic.

Nothing here may raise at import, in the metadata or in ``is_active``, and nothing may be slow
before TensorBoard's port is open: the rooms that read are imported when the first request comes.
"""

from __future__ import annotations

import argparse
import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tensorboard.plugins import base_plugin

if TYPE_CHECKING:
    from tb_trainmon.routes.answers import WsgiApp

DEFAULT_MEMORY = 1024  # MiB that the points of open tasks may take
NAME = "trainmon"
_STATIC = Path(__file__).parent / "static"
_FAILED = b"""{"error": {"code": "internal",
"message": "TrainMon failed to start; see TensorBoard's output."}}"""
# WebKit ignores the frame's base when TensorBoard's page imports "." + this: so it is the entry's
# place seen from that page, and the route of the same name leads those there who heed the base.
_ENTRY = f"/plugin/{NAME}/index.js"
_ROUTES = (
    "/tasks",
    "/task",
    "/series",
    "/points",
    "/stream",
    "/logs",
    "/marks",
    "/metrics",
    "/sparklines",
    "/guide",
    "/expected",
    "/export",
    _ENTRY,
    "/*",
)

_log = logging.getLogger(__name__)


class TrainMonPlugin(base_plugin.TBPlugin):  # type: ignore[misc]  # TensorBoard has no types
    """The TrainMon tab."""

    plugin_name = NAME

    def __init__(self, context: base_plugin.TBContext) -> None:
        self._flags = context.flags
        self._logdir = context.logdir or ""
        self._lock = threading.Lock()
        self._applications: Mapping[str, WsgiApp] | None = None

    def get_plugin_apps(self) -> dict[str, Any]:
        """The routes, each of which wakes the plugin up."""
        return {name: self._waking(name) for name in _ROUTES}

    def is_active(self) -> bool:
        """Always: what there is to see, and what is missing, is said in the tab."""
        return True

    def frontend_metadata(self) -> base_plugin.FrontendMetadata:
        """Tab name and entry module."""
        return base_plugin.FrontendMetadata(
            es_module_path=_ENTRY, tab_name="TrainMon", disable_reload=True
        )

    def data_plugin_names(self) -> list[str]:
        """No other plugin's data: the event files are read here."""
        return []

    def _waking(self, name: str) -> WsgiApp:
        def application(environ: dict[str, Any], start_response: Any) -> Any:
            try:
                awake = self._awake()
            except Exception:  # noqa: BLE001  such as a package that is missing or too old
                _log.exception("TrainMon failed to start; it tries again with the next request.")
                start_response("500 Internal Server Error", [("Content-Type", "application/json")])
                return [_FAILED]
            return awake[name](environ, start_response)

        return application

    def _awake(self) -> Mapping[str, WsgiApp]:
        with self._lock:
            if self._applications is None:
                self._applications = self._wire()
            return self._applications

    def _wire(self) -> Mapping[str, WsgiApp]:
        # Imported late: TensorBoard builds every plugin before it opens its port.
        from tb_trainmon.event_files.reader import without_kernel  # noqa: PLC0415
        from tb_trainmon.routes.applications import applications  # noqa: PLC0415
        from tb_trainmon.routes.static import StaticFiles  # noqa: PLC0415
        from tb_trainmon.tasks.found.roots import roots_from_flags  # noqa: PLC0415
        from tb_trainmon.tasks.from_flags import tasks_from_flags  # noqa: PLC0415

        slow = without_kernel()
        if slow:
            _log.warning(slow)
        roots = roots_from_flags(self._logdir, self._flag("logdir_spec"))
        database, config = self._flag("trainmon_db"), self._flag("trainmon_config")
        tasks = tasks_from_flags(roots, database, config, budget=self._memory())
        return applications(tasks, StaticFiles(_STATIC))

    def _memory(self) -> int:
        """Bytes that the points of open tasks may take."""
        mebibytes = getattr(self._flags, "trainmon_memory", None)
        return DEFAULT_MEMORY << 20 if mebibytes is None else max(mebibytes, 0) << 20

    def _flag(self, name: str) -> str:
        return getattr(self._flags, name, None) or ""


class TrainMonLoader(base_plugin.TBLoader):  # type: ignore[misc]  # TensorBoard has no types
    """What TensorBoard's entry point names: defines the flags and builds the plugin."""

    def define_flags(self, parser: argparse.ArgumentParser) -> None:
        """``--trainmon_db``, ``--trainmon_config`` and ``--trainmon_memory``."""
        group = parser.add_argument_group("TrainMon plugin")
        group.add_argument(
            "--trainmon_db",
            metavar="PATH",
            default="",
            help="SQLite file with the companion tables (default: every training_logs.db in the "
            "log directory). For another database set the environment variable TRAINMON_DB_URL.",
        )
        group.add_argument(
            "--trainmon_config",
            metavar="FILE",
            default="",
            help="trainmon.toml to use (default: the one in the log directory, if there is one).",
        )
        group.add_argument(
            "--trainmon_memory",
            metavar="MIB",
            type=int,
            default=DEFAULT_MEMORY,
            help="how many MiB the points of open tasks may take; those that were looked at least "
            "recently are let go (default: 1024).",
        )

    def load(self, context: base_plugin.TBContext) -> base_plugin.TBPlugin | None:
        """The plugin, or None (TensorBoard goes on without it) if it cannot be built."""
        try:
            return TrainMonPlugin(context)
        except Exception:  # noqa: BLE001  whatever it is, it must not cost anybody their TensorBoard
            _log.exception("TrainMon could not be loaded; TensorBoard goes on without it.")
            return None
