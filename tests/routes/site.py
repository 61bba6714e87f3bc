"""TrainMon as a browser meets it: inside TensorBoard's own WSGI application, by a test's clock."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from math import inf
from pathlib import Path
from typing import Any

from tensorboard.plugins.base_plugin import FrontendMetadata
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from tb_trainmon.live.heart import Heart
from tb_trainmon.live.watcher import Watcher
from tb_trainmon.routes.applications import applications
from tb_trainmon.routes.static import StaticFiles
from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.found.roots import roots_from_flags
from tb_trainmon.tasks.listed.catalogue import Catalogue
from tb_trainmon.tasks.opened.memory_budget import DEFAULT_BUDGET
from tb_trainmon.tasks.service import Tasks
from tests.routes import shapes

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of what TensorBoard carries in _vendor
    from tensorboard.backend.application import TensorBoardWSGI

PREFIX = "/data/plugin/trainmon/"


class Clock:
    """Stands still until it is advanced."""

    def __init__(self, now: float | None = None) -> None:
        self.now = time.time() if now is None else now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class StillHeart(Heart):
    """Never beats by itself."""

    def start(self) -> None:
        pass


class Site:
    """One TensorBoard with TrainMon over a log directory, and a neighbour among the plugins."""

    def __init__(
        self,
        logdir: Path | str,
        clock: Clock,
        static: Path | None = None,
        most_viewers: int = 10,
        budget: int = DEFAULT_BUDGET,
    ) -> None:
        self.logdir = Path(logdir)
        side_files = SideFiles()
        roots = roots_from_flags(str(logdir), "")
        catalogue = Catalogue(roots, Databases(), side_files, clock, patience=inf)
        folder = static or Path(str(logdir)) / "no front end"
        self.tasks = Tasks(catalogue, side_files, clock, budget)
        #: Beats when a test tells it to.
        self.watcher = Watcher(self.tasks, clock, StillHeart, most_viewers)
        apps = applications(self.tasks, StaticFiles(folder), self.watcher)
        self.client = Client(TensorBoardWSGI([Plugin("trainmon", apps), neighbour()]))

    def answer(
        self,
        route: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        **parameters: Any,
    ) -> TestResponse:
        """Whatever ``route`` answers; a list is a repeated parameter."""
        return self.client.open(
            PREFIX + route, method=method, headers=dict(headers or {}), query_string=parameters
        )

    def get(self, route: str, **parameters: Any) -> Any:
        """The JSON of a good answer."""
        answer = self.answer(route, **parameters)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        assert answer.content_type == "application/json"
        shape = shapes.ROUTES.get(route)
        if shape is not None:  # whatever a test asks for, the answer has its shape
            shapes.check(answer.json, shape)
        return answer.json

    def error(self, status: int, route: str, **parameters: Any) -> tuple[str, str]:
        """Code and message of an answer that is an error of this status, in the one JSON shape."""
        answer = self.answer(route, **parameters)
        assert answer.status_code == status, answer.get_data(as_text=True)
        assert answer.content_type == "application/json"
        body: Any = answer.json
        assert body.keys() == {"error"}
        assert body["error"].keys() == {"code", "message"}
        return body["error"]["code"], body["error"]["message"]

    def neighbour_answers(self) -> bool:
        """Whether another plugin, and TensorBoard's own listing of plugins, still answer."""
        listing: Any = self.client.get("/data/plugins_listing").json
        return self.client.get("/data/plugin/neighbour/hello").text == "hello" and {
            "trainmon",
            "neighbour",
        } <= set(listing)


class Plugin:
    """As much of a plugin as TensorBoard asks for."""

    def __init__(self, name: str, apps: Mapping[str, Callable[..., Iterable[bytes]]]) -> None:
        self.plugin_name = name
        self._apps = apps

    def get_plugin_apps(self) -> Mapping[str, Callable[..., Iterable[bytes]]]:
        return self._apps

    def is_active(self) -> bool:
        return True

    def frontend_metadata(self) -> FrontendMetadata:
        return FrontendMetadata(es_module_path="/index.js")

    def data_plugin_names(self) -> tuple[str, ...]:
        return ()


def neighbour() -> Plugin:
    """Another tab, which must not notice what happens to ours."""
    return Plugin("neighbour", {"/hello": Response("hello")})
