"""The tasks of a log directory judged together: which are one, which several, where siblings end.

All of it is the catalogue's thread's, but for ``home``, ``heir`` and ``is_settled``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.judged.progress.siblings import UsualEnd
from tb_trainmon.tasks.listed.continued import Continued
from tb_trainmon.tasks.listed.families import Families, Member
from tb_trainmon.tasks.listed.judgements import Judged, Judgement, Judgements
from tb_trainmon.tasks.listed.launch import Family, Launch, family_called
from tb_trainmon.tasks.listed.parted import Parted
from tb_trainmon.tasks.listed.published import Published
from tb_trainmon.tasks.listed.settled import Settled

ENOUGH = 100  # tasks of which the first answer waits for no more: a screen shows fewer
_HELD = 1000  # judgements that are held until it is known what goes on from what
_AT_ONCE, _MOST_AT_ONCE = 20, 320  # tasks judged between two signs of progress, first and later


class Together:
    """Judges tasks, each beside the others, and hands ``publish`` what it has so far."""

    def __init__(
        self,
        judgements: Judgements,
        published: Published,
        publish: Callable[[Sequence[Judged]], None],
    ) -> None:
        self._judgements = judgements
        self._published = published
        self._publish = publish
        self._families = Families()
        self._parted = Parted()
        self._continued = Continued()
        # The tasks judged since siblings' ends were looked at; those of them of which nothing was
        # worked out yet.
        self._unsettled: set[str] = set()
        self._held: set[str] = set()
        self._is_settled = True  # but for families that are others

    @property
    def is_settled(self) -> bool:
        """Whether all that were published know where their siblings ended."""
        return self._is_settled and not self._families.are_others

    def home(self, id_: str) -> str:
        """The task that the folder ``id_`` is of."""
        return self._continued.home(id_)

    def heir(self, name: str) -> str | None:
        """Of the tasks that ``name`` was parted into the one that was launched last."""
        return self._parted.heir(name)

    def arranged(self, layouts: dict[str, Layout]) -> dict[str, Layout]:
        """What lies on disk, with what is known of which of it is one task, and which several."""
        return self._continued.joined(self._parted.parted(layouts))

    def forget(self, gone: Iterable[Judged]) -> None:
        """Tasks that are there no more are nobody's siblings."""
        for judged in gone:
            self._unsettled.discard(judged.layout.id)
            self._held.discard(judged.layout.id)
            self._families.note(judged.member, None)

    def judge(self, due: Sequence[Layout]) -> None:
        """Judge these, the first of them first."""
        for together in _few_then_many(due):
            known = ((layout, self._published.get(layout.id)) for layout in together)
            self._judgements.look_ahead(known)
            self._publish([self._judge(layout) for layout in together])

    def settle(self) -> None:
        """Say where siblings ended, which is known when all of them have been judged."""
        self._is_settled = self.is_settled
        held, self._held = self._held, set()
        waiting = [each for each in self._published.of(held) if isinstance(each, Judgement)]
        self._publish([self._worked_out(each) for each in waiting])
        unsettled, self._unsettled = self._unsettled, set()
        members = (judged.member for judged in self._published)
        usual_ends = self._families.update(filter(None, members))
        for judged in self._published.of(unsettled - usual_ends.keys()):
            usual_ends[judged.layout.id] = self._families.usual_end(judged.member)
        ids = [*usual_ends]
        for start in range(0, len(ids), _AT_ONCE):
            together = self._published.of(ids[start : start + _AT_ONCE])
            self._publish([self._beside(each, usual_ends[each.layout.id]) for each in together])
        self._is_settled = True

    def learn(self) -> bool:
        """Whether tasks are others now: what ran side by side is several, what goes on is one."""
        parted = self._parted.learn()
        return self._continued.learn(self._launches_of) or parted

    def _judge(self, layout: Layout) -> Judged:
        before = self._published.get(layout.id)
        judged = self._judgements.judge(layout, before)
        if isinstance(judged, Settled):
            return judged
        known = before.member if before is not None else None
        self._unsettled.add(layout.id)
        if before is None:
            self._is_settled = False
        if not isinstance(before, Judgement) or judged.alone.shown is not before.alone.shown:
            self._look(judged)
        self._held.discard(layout.id)
        may_join = known is None and self._continued.may_join(judged.launch)
        if may_join and len(self._held) < _HELD:
            self._held.add(layout.id)
            return judged
        usual_end = self._families.usual_end(known)
        return self._beside(self._worked_out(judged, known), usual_end)

    def _look(self, judgement: Judgement) -> None:
        """See what it shows of which tasks are one, and which several."""
        if judgement.is_task:
            self._parted.look(judgement.alone.shown)
            if judgement.launch is not None:
                self._continued.look(judgement.launch)

    def _worked_out(self, judgement: Judgement, known: Member | None = None) -> Judgement:
        """The same as one among its siblings, where it was ``known`` until now."""
        found = self._judgements.worked_out(judgement)
        self._families.note(known, found.member)
        return found

    def _beside(self, judged: Judged, usual_end: UsualEnd | None) -> Judged:
        """What is said of it where its siblings ended at ``usual_end``, as it is kept."""
        beside = self._judgements.beside(judged, usual_end)
        return self._judgements.settled(beside) if isinstance(beside, Judgement) else beside

    def _launches_of(self, families: Collection[Family]) -> Iterator[Launch]:
        for judged in self._published:
            if judged.is_task and family_called(judged.layout.id) in families:
                launch = judged.launch
                if launch is not None:
                    yield launch


def _few_then_many(layouts: Sequence[Layout]) -> Iterator[Sequence[Layout]]:
    """Parts of a list: what is asked of many at once takes less, and the first are waited for."""
    start = 0
    while start < len(layouts):
        size = _AT_ONCE if start < ENOUGH else min(start, _MOST_AT_ONCE)
        yield layouts[start : start + size]
        start += size
