"""What a tag's words say: the first role of the table that fits them, with its worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import takewhile

from tb_trainmon.core.record import record
from tb_trainmon.tasks.metric_names.table import Measure, RoleRule, Table
from tb_trainmon.tasks.metric_names.words import Words

_AXES = frozenset({"frame", "sample", "time", "iteration", "step", "epoch"})
_COPIED_AGAINST = frozenset({"sample", "token", "time", "second", "walltime", "hour", "hours"})
_LETTERS = frozenset("abcdefghijklmnoprstuvwxyz")  # but q, which no data set is called
_SCALES = {"perminute": 1 / 60, "perhour": 1 / 3600, "kilo": 1000.0}
_USED_OF_SETTINGS = frozenset({"learning_rate", "grad_norm"})
_TEST_RANK = 2  # behind an evaluation while it trains
_EVALUATION_SET_RANK = 5
_ONE_OF_SEVERAL_RANK = 3
_EVALUATION_SET = "of one evaluation set, or one component of the loss"


@record(frozen=True)
class Subject:
    """The words of a tag, sorted by what they are good for.

    ``subject`` are those of its last part that says anything, with whatever follows it, and
    ``parent`` those of the part before; neither has the words that say whether it is an evaluation.
    """

    parts: tuple[Words, ...]
    table: Table

    @cached_property
    def said(self) -> frozenset[str]:
        """All words."""
        return frozenset(word for part in self.parts for word in part)

    @cached_property
    def evaluates(self) -> bool:
        """Whether a word says that this was measured on data that is not trained on."""
        if self.said & self.table.evaluation:
            return True
        return bool(self.said & self.table.held_out) and not self.said & self.table.training

    @cached_property
    def _begin(self) -> int:
        begin = len(self.parts) - 1
        if begin > 0 and set(self.parts[begin]) <= _AXES:
            begin -= 1
        while begin > 0 and all(self._is_silent(part) for part in self.parts[begin:]):
            begin -= 1
        return begin

    def _is_silent(self, part: Words) -> bool:
        """Whether a part says nothing of what is measured: "mean", "test", "episode", "rank_0"."""
        numbered = any(word.isdigit() for word in part)
        silent = self.table.silent_if_numbered if numbered else self.table.silent
        return all(word in silent or word.isdigit() for word in part)

    @cached_property
    def subject(self) -> frozenset[str]:
        """Words of the last part that says anything."""
        words = {word for part in self.parts[self._begin :] for word in part}
        return frozenset(words - self.table.evaluation)

    @cached_property
    def parent(self) -> frozenset[str]:
        """Words of the part before that says anything, or of the one just before."""
        above = self.parts[: self._begin]
        telling = (part for part in reversed(above) if not self._is_silent(part))
        before = next(telling, above[-1] if above else ())
        return frozenset(before) - self.table.evaluation

    def after(self, word: str) -> frozenset[str]:
        """Words that stand behind ``word`` in the part that has it, but for what it is "per"."""
        behind = (part[part.index(word) + 1 :] for part in self.parts if word in part)
        return frozenset(later for rest in behind for later in takewhile("per".__ne__, rest))

    @cached_property
    def is_timed(self) -> bool:
        """Whether a folder says that these are times: ``Time/train_loss`` is no loss."""
        return self._lies_in(self.table.timings)

    @cached_property
    def is_chosen(self) -> bool:
        """Whether a folder says that these are settings: ``Hyperparameters/Lambda_AR``."""
        return self._lies_in(self.table.settings)

    def _lies_in(self, folders: frozenset[str]) -> bool:
        if not self.said & folders:
            return False
        may_be_said = folders | self.table.neutral
        above = (frozenset(part) for part in self.parts[: self._begin])
        return any(part <= may_be_said and part & folders for part in above)

    @cached_property
    def is_one_of_several(self) -> bool:
        """Whether a folder counts copies: ``Client_0/Loss`` is behind ``Clients/Loss``."""
        if not self.said & self.table.copies:
            return False
        above = self.parts[: self._begin]
        counted = (part for part in above if any(word.isdigit() for word in part))
        return any(self.table.copies & set(part) for part in counted)

    @cached_property
    def last(self) -> frozenset[str]:
        """Words of the last part."""
        return frozenset(self.parts[-1] if self.parts else ())

    @cached_property
    def is_a_copy(self) -> bool:
        """Whether the same points are logged elsewhere, against the steps."""
        last = self.parts[-1] if self.parts else ()
        if "vs" in last:
            return bool(_COPIED_AGAINST & set(last[last.index("vs") :]))
        return last == ("time",) and bool({"reward", "length", "return"} & self.subject)


@record(frozen=True, slots=True)
class Found:
    """The role that a tag's words show; ``metric`` is None where they show that it is none."""

    metric: str | None
    rank: int = 0
    note: str = ""
    scale: float = 1.0
    measure: Measure | None = None
    rule: RoleRule | None = None


def role_in_training(read: Subject) -> Found | None:
    """The first role that fits; None where none does."""
    with_a_word = read.table.roles_with
    places = {place for word in read.said for place in with_a_word.get(word, ())}
    for place in sorted(places):
        rule = read.table.roles[place]
        if read.is_timed and rule.metric in read.table.never_timed:
            continue
        if read.is_chosen and rule.metric not in _USED_OF_SETTINGS:
            continue
        found = _fits(rule, read)
        if found is not None:
            is_doubtful = found.metric is None and not rule.proves  # Reward/Terminal_Score
            return _part_by_folder(read) or found if is_doubtful else found
    if read.is_timed or read.is_chosen:
        return None
    return _part_of_a_loss_folder(read) or _measured(read) or _part_by_folder(read)


def _fits(rule: RoleRule, read: Subject) -> Found | None:
    if rule.only_training if read.evaluates else rule.only_evaluation:
        return None
    scope = read.subject if rule.subject_only else read.subject | read.parent
    here = read.last if rule.leaf_only else read.subject
    phrase = next((p for p in rule.phrases if p <= scope and _is_here(p, here)), None)
    by_folder = phrase is None
    if by_folder and (rule.context or (rule.part and not _is_unknown(rule, read))):
        above = read.said - read.subject if rule.context else read.parent
        phrase = next((p for p in rule.phrases if p <= above), None)
    of_what = rule.allowed_in_folder if by_folder else frozenset()
    if phrase is None or _vetoed(rule, read, phrase | of_what):
        return None
    may_be_measured = rule.yields or (by_folder and rule.context and not of_what)
    measured = _measured(read) if may_be_measured else None
    if measured is not None and measured.measure is not None and not measured.measure.alone:
        return measured
    if rule.exactly is not None:
        others = _telling(rule, read, (read.subject | read.parent) - rule.exactly)
        return None if any(not word.isdigit() for word in others) else _found(rule, read)
    known = rule.known
    if rule.names_behind:
        known -= rule.names_behind & read.after("loss")
    return _qualified(rule, read, _telling(rule, read, read.subject - phrase - known))


def _is_unknown(rule: RoleRule, read: Subject) -> bool:
    """Whether the last part has a word by which it may be a part: ``reward/height``."""
    return bool(_telling(rule, read, read.subject - rule.known))


def _telling(rule: RoleRule, read: Subject, words: frozenset[str]) -> frozenset[str]:
    """Those of ``words`` that say of what it is."""
    known = read.table
    telling = words - known.neutral - known.devices
    if rule.qualifies:
        telling |= words & rule.qualifies
    return telling - known.benchmarks if read.evaluates else telling


def _is_here(phrase: frozenset[str], here: frozenset[str]) -> bool:
    """Whether a word of ``phrase`` is; a letter says something only beside the others (c4/loss)."""
    elsewhere = phrase - here
    return elsewhere != phrase and not elsewhere & _LETTERS


def _vetoed(rule: RoleRule, read: Subject, phrase: frozenset[str]) -> bool:
    against = {
        word
        for word in rule.vetoes & (read.subject - phrase)
        if not any(unless <= read.subject for unless in rule.unless.get(word, ()))
    }
    return bool(against or rule.context_vetoes & read.said)


def _qualified(rule: RoleRule, read: Subject, qualifiers: frozenset[str]) -> Found:
    numbered = any(word.isdigit() for word in qualifiers)
    unknown = {word for word in qualifiers if not word.isdigit()}
    if not unknown:
        return _found(rule, read, rule.numbered_rank * numbered, rule.unknown_note * numbered)
    if rule.part:
        return Found(None, rule=rule)
    if rule.part_rank is not None:
        rank = _rank_of_part(rule, unknown, numbered)
        note = rule.unknown_note if rank >= rule.part_rank else "one of several losses"
        return Found(rule.metric, rank, note, rule=rule)
    return _found(rule, read, rule.unknown_rank, rule.unknown_note)


def _rank_of_part(rule: RoleRule, unknown: set[str], numbered: bool) -> int:
    """A generator's loss leads, and its parts come before those of its adversary."""
    ranks = [rule.ranks_of_parts[word] for word in unknown & rule.ranks_of_parts.keys()]
    if numbered or len(ranks) < len(unknown):
        ranks.append(rule.part_rank or 0)
    return max(ranks)


def _found(rule: RoleRule, read: Subject, more: int = 0, note: str = "") -> Found:
    rank = rule.base + more + sum(add for word, add in rule.ranks.items() if word in read.said)
    notes = [rule.note, note]
    if read.is_one_of_several:
        rank += _ONE_OF_SEVERAL_RANK
    if read.said & read.table.devices:
        rank += 1
        notes += ["of one device"] if rule.rate else []
    scale = next((_SCALES[word] for word in read.said & _SCALES.keys()), 1.0) if rule.rate else 1.0
    if rule.milli and "millisecond" in read.said:
        scale = 0.001
    if rule.values == "rate" and {"1", "e", "3"} <= read.said:
        scale = 0.001
    return Found(rule.metric, max(rank, 0), "; ".join(filter(None, notes)), scale, rule=rule)


def _measured(read: Subject) -> Found | None:
    against = read.table.vetoes & read.subject
    with_a_word = read.table.measures_with
    for place in _places(with_a_word, read):
        measure = read.table.measures[place]
        phrase = next((p for p in measure.phrases if p <= read.subject), None)
        of_one = phrase is None
        if of_one:  # success_rate/lift, AP/car
            phrase = next((p for p in measure.phrases if p <= read.parent), None)
        if phrase is None or against - phrase or measure.vetoes & read.subject:
            continue
        if measure.alone and read.said - phrase - read.table.neutral - read.table.evaluation:
            continue
        if measure.benchmark and not read.evaluates:
            return None
        others = read.subject - phrase - read.table.neutral
        digits = any(word[-1].isdigit() for word in (others | phrase)) and "95" not in read.said
        named = any(not word.isdigit() for word in others)
        several = sum(add for word, add in read.table.several.items() if word in read.said)
        return Found("quality", digits + 2 * named + 2 * of_one + several, measure=measure)
    return None


def _places(with_a_word: Mapping[str, Iterable[int]], read: Subject) -> list[int]:
    """Measures that the last part may name, then those that only the part before may."""
    own = {place for word in read.subject for place in with_a_word.get(word, ())}
    above = {place for word in read.parent for place in with_a_word.get(word, ())}
    return [*sorted(own), *sorted(above - own)]


def _part_of_a_loss_folder(read: Subject) -> Found | None:
    """``Loss/box``: the folder says that it is a loss, the name which."""
    against = read.table.vetoes | read.table.loss_folder_vetoes
    said = read.said - read.table.evaluation
    if "loss" not in said - read.subject or against & (said - read.table.neutral):
        return None
    rule = next(rule for rule in read.table.roles if rule.metric == "loss")
    words = read.subject - read.table.neutral
    named = any(not word.isdigit() for word in words - rule.known)
    return _qualified(rule, read, words) if named else Found("loss", 4, rule=rule)


def _part_by_folder(read: Subject) -> Found | None:
    """``Reward/height``: no metric, but a part of one."""
    for place in sorted({p for word in read.parent for p in read.table.roles_with.get(word, ())}):
        rule = read.table.roles[place]
        vetoed = rule.vetoes & read.subject or rule.context_vetoes & read.said
        if rule.part and not vetoed and any(phrase <= read.parent for phrase in rule.phrases):
            return Found(None, rule=rule)
    return None


def in_evaluation(found: Found, read: Subject) -> Found | None:
    """What a role is where it was measured on other data; None where that is no role of its own."""
    late = _TEST_RANK if read.said & read.table.test else 0
    if found.measure is not None:
        return Found("eval_quality", found.rank + late, found.note, measure=found.measure)
    if found.rule is None or found.metric is None or found.rule.evaluation is None:
        return None
    rank, note = found.rank, found.note
    if found.rule.part_rank is not None and note == found.rule.unknown_note:
        rank, note = _EVALUATION_SET_RANK, _EVALUATION_SET
    return Found(found.rule.evaluation, rank + late, note, found.scale, rule=found.rule)
