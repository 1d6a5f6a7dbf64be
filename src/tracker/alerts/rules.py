"""Which move of an estimate is due to be told to whom, as it comes. Pure.

News is told as it breaks; history is told once. A move by a figure younger than `fresh` is due at
once, or when the endpoint's rules let it be. A move by an older one (a first poll, an import, an
opened incident) makes a single `estimate.backfilled` due, which says how things stand when the
reading is done; so do the moves of a re-reading, for which nobody published anything. What passes
is judged in `judgement.py`, what was put off is told in `later.py`. All of it is handed on together
with the facts, as an `Outbox`; the posting lives in `posting.py`.
"""

from collections.abc import Sequence
from datetime import timedelta

from tracker.alerts.endpoint import Endpoint
from tracker.alerts.judgement import decided, not_until
from tracker.alerts.memory import Circumstances, Memory
from tracker.alerts.telling import Telling, together
from tracker.events import IncidentOpened
from tracker.projections.moves import Moved
from tracker.store.records import Outbox


def alerts_due(
    moves: Sequence[Moved],
    endpoints: Sequence[Endpoint],
    memory: Memory,
    around: Circumstances,
    *,
    fresh: timedelta | None,
    opened: Sequence[IncidentOpened] = (),
) -> Outbox:
    """What the moves of one append make due, for each endpoint that wants to know.

    `fresh` is how young the deciding figure of news is; None: none of the moves is news. `opened`
    are the incidents that are opened with them, as news.
    `memory` is what the log remembers of the incidents that moved. The `before` of an alert is what
    that receiver was last told, which need not be what stood a moment ago. The same arguments give
    the same outbox, ids included.
    """
    tellings = [Telling(each, memory, around) for each in endpoints]
    for telling in tellings:
        for each in opened:
            telling.open(each)
        for move in moves:
            if move.policy == telling.endpoint.policy:
                _hear(telling, move, fresh)
    return together(each.outbox() for each in tellings)


def _hear(telling: Telling, move: Moved, fresh: timedelta | None) -> None:
    """Tell one move, hold it or owe it."""
    after, now = move.after, telling.around.now
    verdict, held = telling.judge(after), telling.held(after)
    by = decided(telling.rules, move)
    # News that is held stays news, whatever moves it meanwhile.
    is_news = held is not None or (
        by is not None and fresh is not None and now - by.published_at < fresh
    )
    if not verdict.told:
        telling.pass_over(after, verdict.rule, is_known=is_news)
    elif telling.disabled or not is_news:
        telling.drop(after)
        telling.owe(after.incident)
    else:
        until = not_until(telling.rules, telling.before(after), after, held, now)
        if held is not None and move.confirms:
            # It keeps as still as before.
            telling.hold(after, held.until)
        elif until > now:
            telling.hold(after, until)
        else:
            telling.tell(move, verdict.type)
