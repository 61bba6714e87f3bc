"""Looks at a task with every rule, and at no attempt again whose data are as they were."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tb_trainmon.insights.finding import SEVERITIES, Finding, Insight, Look, NothingToSee, Told
from tb_trainmon.insights.rule import Rule
from tb_trainmon.insights.subject import Series, Subject

_log = logging.getLogger(__name__)
_FAILED = "TrainMon failed in this rule; see TensorBoard's output."
_GONE = object()  # the version of what an attempt had that is no more


@dataclass(frozen=True, slots=True)
class _Result:
    """What a rule said of an attempt, and what it had read for that."""

    findings: Sequence[Finding]
    why: str | None
    read: Mapping[tuple[int, str], Hashable]
    facts: Hashable


class Looking:
    """Applies rules to a task's attempts and keeps what they said.

    A rule's result stands as long as everything that it read does: each series by its version, and
    what is on record of the attempt.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._results: dict[tuple[str, int], _Result] = {}
        self._failed: set[str] = set()
        self._read: dict[tuple[int, str], Hashable] = {}  # by the rule that looks now
        self._noting: dict[int, Subject] = {}

    def told(self, subjects: Sequence[Subject]) -> Told:
        """All insights of the task, open ones first, the worst first, then the latest.

        What was found before the task was trained anew, from scratch, is over.
        """
        now = _Now(subjects)
        anew = max((each.number for each in subjects if each.kind == "restart"), default=0)
        insights: list[Insight] = []
        looks: list[Look] = []
        for rule in self._rules:
            results = [self._result(rule, subject, now) for subject in subjects]
            for subject, result in zip(subjects, results, strict=True):
                over = subject.number < anew
                insights += [_placed(rule, subject, finding, over) for finding in result.findings]
            silent = [result.why for result in results]
            why = silent[-1] if silent and all(silent) else None
            looks.append(Look(rule.id, looked=bool(results) and why is None, why=why))
        self._noting = {}  # attempts lead back to their task: it could not be let go of at once
        return Told(tuple(sorted(insights, key=_worst_first)), tuple(looks))

    def _result(self, rule: Rule, subject: Subject, now: _Now) -> _Result:
        key, facts = (rule.id, subject.number), now.facts[subject.number]
        known = self._results.get(key)
        if known is None or known.facts != facts or not now.has(known.read):
            known = self._results[key] = self._looked(rule, subject, facts)
        return known

    def _looked(self, rule: Rule, subject: Subject, facts: Hashable) -> _Result:
        read: dict[tuple[int, str], Hashable] = {}
        self._read = read
        findings: Sequence[Finding] = ()
        why = None
        try:
            seen = self._noted(subject)
            for metric in rule.needs:
                seen.need(metric)
            findings = rule.look(seen)
        except NothingToSee as nothing:
            why = str(nothing)
        except Exception:  # noqa: BLE001  one rule must not cost the task, nor the other rules
            if rule.id not in self._failed:
                _log.exception("TrainMon failed in the rule %s.", rule.id)
            self._failed.add(rule.id)
            why = _FAILED
        return _Result(findings, why, read, facts)

    def _noted(self, subject: Subject) -> Subject:
        """The same attempt, which notes what is read of it and of those before it."""
        number = subject.number
        if number not in self._noting:
            series, earlier = partial(self._series, subject), partial(self._before, subject)
            self._noting[number] = subject.with_series(series, earlier)
        return self._noting[number]

    def _series(self, subject: Subject, metric: str) -> Series | None:
        found = subject.series(metric)
        self._read[subject.number, metric] = _version(found)
        return found

    def _before(self, subject: Subject) -> Subject | None:
        before = subject.before
        return None if before is None else self._noted(before)


class _Now:
    """What is on record of the attempts and their series' versions: asked by many rules."""

    def __init__(self, subjects: Iterable[Subject]) -> None:
        self._by_number = {subject.number: subject for subject in subjects}
        self.facts = {number: _facts(subject) for number, subject in self._by_number.items()}
        self._versions: dict[tuple[int, str], Hashable] = {}

    def has(self, read: Mapping[tuple[int, str], Hashable]) -> bool:
        """Whether everything is there that was ``read``, as it was."""
        return all(self._version(key) == version for key, version in read.items())

    def _version(self, key: tuple[int, str]) -> Hashable:
        if key not in self._versions:
            number, metric = key
            subject = self._by_number.get(number)
            self._versions[key] = _GONE if subject is None else _version(subject.series(metric))
        return self._versions[key]


def _version(series: Series | None) -> Hashable:
    return None if series is None else series.course.version


def _facts(subject: Subject) -> Hashable:
    """What is on record, by which a rule may decide."""
    before = None if subject.before is None else subject.before.last_step
    return (
        subject.kind,
        subject.status,
        subject.is_current,
        subject.start_step,
        before,
        subject.task,
        len(subject.config),
    )


def _placed(rule: Rule, subject: Subject, finding: Finding, over: bool) -> Insight:
    series = subject.find(finding.metric) if finding.metric else None
    finding = replace(finding, open=False) if over else finding

    def place(step: int) -> int:
        x = None if series is None else series.x_of(step)
        return step + subject.shift if x is None else x

    begin = place(finding.begin)
    return Insight(rule.id, subject.number, begin, max(place(finding.end), begin), finding)


def _worst_first(insight: Insight) -> tuple[bool, int, int, int]:
    finding = insight.finding
    return (
        not finding.open,
        SEVERITIES.index(finding.severity),
        -insight.attempt,
        -insight.x_start,
    )
