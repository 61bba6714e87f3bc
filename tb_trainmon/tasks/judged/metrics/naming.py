"""What a source is as a metric: under a canonical name, or a scalar under a name of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import count

from tb_trainmon.tasks.found.layout import TABLE
from tb_trainmon.tasks.judged.metrics.candidates import Candidate, Key
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.metric_names import Role, canonical_names


def metric_of(name: str, candidate: Candidate) -> Metric:
    """The metric ``name``, of which ``candidate`` is the source."""
    slot, tag = candidate.key
    meaning = candidate.meaning
    role: Role = "train" if meaning.role == "final" else meaning.role
    note = "from the training_logs table" if slot == TABLE else meaning.note or None
    return Metric(
        name,
        candidate.run,
        slot,
        tag,
        role,
        note,
        meaning.scale,
        other_slots=candidate.other_slots,
    )


def others_of(
    candidates: Mapping[Key, Candidate], chosen: Mapping[str, Candidate]
) -> Iterator[Metric]:
    """The scalars that are no metric's source, each under a name of its own."""
    sources = {candidate.key for candidate in chosen.values()}
    runs_with = Counter(tag for _, tag in candidates)
    used = set(chosen)
    others = [candidate for key, candidate in candidates.items() if key not in sources]
    for candidate in sorted(others, key=lambda c: (c.key[1], c.key[0])):
        slot, tag = candidate.key
        # A tag that is called like a canonical metric, but is none, must not be taken for it.
        plain = runs_with[tag] == 1 and tag not in canonical_names()
        name = next(name for name in _names(candidate, plain) if name not in used)
        used.add(name)
        yield Metric(
            name,
            candidate.run,
            slot,
            tag,
            candidate.meaning.role,
            is_raw=True,
            other_slots=candidate.other_slots,
        )


def _names(candidate: Candidate, plain: bool) -> Iterator[str]:
    """What a scalar without a canonical name may be called, best first: its tag, else RUN:TAG."""
    slot, tag = candidate.key
    run = candidate.run or "."
    if plain:
        yield tag
    yield f"{slot or run}:{tag}"
    yield f"{run}:{tag}"
    yield from (f"{run}:{tag} ({number})" for number in count(2))
