"""What one request needs of the state, and what the state says of it: all that is shared goes through these two values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mockserver.chaos import Draw
from mockserver.limiter import Limit, Verdict

if TYPE_CHECKING:
    from mockserver.state.sequence import Position


class Demand(NamedTuple):
    """What one request needs of the state.

    *draws*: it takes part in chaos. *sequence* is the index of the session's sequence that it moves. *limit*
    counts it under *key*, a digest. A request that gets what it asks for draws and does no more; so that a
    sequence is moved, chaos strikes and the limit counts only where the one before them lets the request pass.
    """

    draws: bool = False
    sequence: int | None = None
    limit: Limit | None = None
    key: str = ""

    @property
    def is_stateless(self) -> bool:
        """Whether it needs nothing at all."""
        return not self.draws and self.sequence is None and self.limit is None

    @property
    def is_silent(self) -> bool:
        """Whether an answer tells nothing of what the state said, if that let its request pass."""
        return self.limit is None or self.limit.headers == "none"


class Turn(NamedTuple):
    """What the state says of one request.

    *now* is the session's clock in seconds since 1970, *number* that of the request in its session, from 1.
    *position* is that of the sequence, None when it is over or when there is none. *draw* is None without chaos,
    *verdict* where the limit did not count.
    """

    now: float
    number: int = 0
    position: Position | None = None
    draw: Draw | None = None
    verdict: Verdict | None = None

    @property
    def lets_pass(self) -> bool:
        """Whether nothing came of it: no lot was drawn, no step of a sequence given, no call refused."""
        return self.draw is None and self.position is None and (self.verdict is None or self.verdict.allowed)


NO_DEMAND = Demand()
NO_TURN = Turn(0)
