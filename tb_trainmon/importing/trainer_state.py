"""``trainer_state.json``, which the Hugging Face Trainer saves with each checkpoint.

Its ``log_history`` holds all that was logged up to there, without times. A training that was
resumed goes on with the history of the checkpoint; one that began anew has a history of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tb_trainmon.importing.past import Logged, NotUnderstood, PastAttempt, Saved
from tb_trainmon.logger.trainer_logs import SUMMARY
from tb_trainmon.tasks.found.records import CHECKPOINT, SideFiles, whole_number

FRAMEWORK = "transformers"

#: Bytes of one: a million entries or so. Decoded they take ten times as much memory.
LARGEST = 128 << 20

#: What is known of the parameters; the arguments themselves are in no file of plain data.
PARAMETERS = ("num_train_epochs", "train_batch_size", "eval_steps", "save_steps", "logging_steps")


@dataclass(frozen=True, slots=True)
class State:
    """One such file."""

    path: Path
    values: dict[str, Any]
    history: list[dict[str, Any]]
    written_at: float


def read_state(path: Path) -> State:
    """The file at ``path``. Raises NotUnderstood."""
    try:
        values = json.loads(_content_of(path))
        history = values["log_history"]
        whole = all(isinstance(logs["step"], int) for logs in history)
        written_at = path.stat().st_mtime
    except (OSError, ValueError, RecursionError) as error:
        raise NotUnderstood(f"{path.name} cannot be read: {error}") from error
    except (KeyError, TypeError) as error:
        raise NotUnderstood(f"{path} is no state of a trainer: it lacks {error}") from error
    if not whole or not isinstance(history, list):
        raise NotUnderstood(f"{path} is no state of a trainer: its log_history has no steps")
    return State(path, values, history, written_at)


def _content_of(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise NotUnderstood(f"{path} is larger than {LARGEST:,} bytes: it is not read")
    return content


def attempts_of(states: Iterable[State], output: Path) -> list[PastAttempt]:
    """The attempts that trained into ``output``, earliest first.

    A history that another one begins with is the same attempt, earlier.
    """
    families: list[list[State]] = []
    for state in sorted(states, key=lambda state: (-len(state.history), -state.written_at)):
        home = next((f for f in families if _is_earlier(state, f[0])), None)
        if home is None:
            families.append([state])
        else:
            home.append(state)
    families.sort(key=lambda family: max(state.written_at for state in family))
    return [_attempt(family, output) for family in families]


def _is_earlier(state: State, later: State) -> bool:
    # As texts: a NaN is not equal to itself.
    return repr(later.history[: len(state.history)]) == repr(state.history)


def _attempt(family: Sequence[State], output: Path) -> PastAttempt:
    deepest = family[0]
    values = deepest.values
    return PastAttempt(
        source=deepest.path.relative_to(output).as_posix(),
        logged=[Logged(logs["step"], _without_step(logs)) for logs in deepest.history],
        total_steps=whole_number(values.get("max_steps")),
        is_whole=any(SUMMARY in logs for logs in deepest.history),
        saved=sorted(_saved(family, values.get("best_model_checkpoint")), key=lambda s: s.step),
        config={name: values[name] for name in PARAMETERS if name in values}
        | _model(deepest.path.parent),
        logging_steps=whole_number(values.get("logging_steps")),
    )


def _saved(family: Iterable[State], best: object) -> Iterable[Saved]:
    for state in family:
        folder = state.path.parent
        found = CHECKPOINT.fullmatch(folder.name)
        if found:
            is_best = isinstance(best, str) and Path(best).name == folder.name
            yield Saved(int(found[1]), str(folder), state.written_at, is_best)


def _model(checkpoint: Path) -> dict[str, bool]:
    is_language_model = SideFiles().names_language_model(str(checkpoint / "config.json"))
    return {"language_model": True} if is_language_model else {}


def _without_step(logs: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in logs.items() if name != "step"}
