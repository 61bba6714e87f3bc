"""The output folders below a log directory in which a trainer has left word of its training."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from tb_trainmon.event_files.scan import scan_logdir
from tb_trainmon.importing import trainer_log, trainer_state
from tb_trainmon.importing.past import Logged, NotUnderstood, PastAttempt
from tb_trainmon.tasks.found.records import CHECKPOINT, TRAINER_STATE, is_interesting


@dataclass(slots=True)
class Output:
    """A folder that one task was trained into, and the files that tell of it."""

    folder: Path
    states: list[Path] = field(default_factory=list)
    log: Path | None = None

    @property
    def written_at(self) -> float:
        """When the latest of them was written."""
        return max(path.stat().st_mtime for path in (*self.states, *filter(None, [self.log])))

    def attempts(self) -> list[PastAttempt]:
        """What they tell, earliest attempt first. Raises NotUnderstood where they tell nothing."""
        found = [_state_or_why_not(path) for path in self.states]
        # A checkpoint that was cut short is passed over: others tell as much.
        states = [state for state in found if not isinstance(state, NotUnderstood)]
        told = trainer_state.attempts_of(states, self.folder)
        if self.log is None:
            for trouble in found if not told else ():
                if isinstance(trouble, NotUnderstood):
                    raise trouble
            return told
        logged = trainer_log.read_log(self.log)
        return [*logged[:-1], _completed_by(logged[-1], told[-1])] if told else logged


def find_outputs(logdir: Path) -> list[Output]:
    """All such folders, by path."""
    found: dict[str, Output] = {}
    scan = scan_logdir(str(logdir), is_interesting)

    def output(path: str) -> Output:
        return found.setdefault(path, Output(Path(scan.root, path)))

    for folder in scan.folders:
        above, _, name = folder.path.rpartition("/")
        place = Path(scan.root, folder.path)
        if TRAINER_STATE in folder.file_names:
            home = above if CHECKPOINT.fullmatch(name) else folder.path
            output(home).states.append(place / TRAINER_STATE)
        if trainer_log.FILE_NAME in folder.file_names:
            output(folder.path).log = place / trainer_log.FILE_NAME
    return [found[path] for path in sorted(found, key=os.fspath)]


def _state_or_why_not(path: Path) -> trainer_state.State | NotUnderstood:
    try:
        return trainer_state.read_state(path)
    except NotUnderstood as error:
        return error


def _completed_by(logged: PastAttempt, told: PastAttempt) -> PastAttempt:
    """The attempt of a trainer_log.jsonl, with what only a trainer_state.json knows of it."""
    known = {(row.step, _is_evaluation(row)): row.logs for row in told.logged}
    rows = [
        replace(row, logs={**known.get((row.step, _is_evaluation(row)), {}), **row.logs})
        for row in logged.logged
    ]
    return replace(
        logged,
        source=f"{logged.source} and {told.source}",
        logged=rows,
        is_whole=told.is_whole,
        saved=told.saved,
        config=told.config,
        logging_steps=told.logging_steps,
    )


def _is_evaluation(row: Logged) -> bool:
    return any(name.startswith("eval_") for name in row.logs)
