"""The call: one request as its provider understands it, with what the state says of it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import NamedTuple

from mockserver.journal.entry import Cause
from mockserver.keys import Rights
from mockserver.preferences import Preferences
from mockserver.problem import Problem
from mockserver.request import Request
from mockserver.routes import Resource
from mockserver.state.sequence import Step
from mockserver.state.session import Session
from mockserver.state.turn import Demand, Turn
from specs.contract import Operation

LONG = 4  # digits of a size that takes its time


class Standing(enum.Enum):
    """What the key of a call is worth."""

    GOOD = "good"  # or not needed
    MISSING = "missing"
    WRONG = "wrong"


class Call(NamedTuple):
    """One request to one provider.

    *resource* is None where the contract has no such path, *operation* where it has no such method there.
    *asked* is what the request itself asks for; *magic* says that its key decides. *rights* is what
    a key table says of the key. *demand* is what it needs of the state, *turn* what the state says then. *refusal*
    is the answer to a call that asks for what there is not.
    """

    provider: str

    request: Request
    session: Session
    resource: Resource | None
    operation: Operation | None
    parameters: Mapping[str, str]
    asked: Preferences
    token: str | None
    magic: bool
    standing: Standing
    rights: Rights | None
    refusal: Problem | None
    demand: Demand
    turn: Turn

    def having(self, turn: Turn) -> Call:
        """This call with its *turn*; `_replace` takes several times as long, and every request comes by here."""
        return Call(*self[:-1], turn)

    @property
    def step(self) -> Step | None:
        """The step of a sequence that it gets; None where no sequence concerns it, or it is over."""
        position = self.turn.position
        if self.demand.sequence is None or position is None:
            return None
        return self.session.sequences[self.demand.sequence].steps[position.step]

    @property
    def takes_long(self) -> bool:
        """Whether so much is asked for, by whatever has a size, that others should not have to wait for its making."""
        step = self.step
        sizes = (self.asked.others.get("size"), step and step.prefer.others.get("size"), self.session.view.size)
        return any(each is not None and len(str(each)) >= LONG for each in sizes)

    @property
    def is_beyond(self) -> bool:
        """Whether the sequence that concerns it is over, and was to fail then."""
        return self.demand.sequence is not None and self.turn.position is None

    @property
    def struck(self) -> str | None:
        """The failure that chaos hit, where nothing comes before it."""
        draw = self.turn.draw
        if draw is None or self.asked or self.magic or self.is_beyond:
            return None
        step = self.step
        return draw.hit if step is None or step.passes else None

    @property
    def cause(self) -> Cause:
        """Why it is answered as it is."""
        if self.refusal is not None:
            return Cause.REFUSED_PREFERENCE
        if self.operation is None:
            return Cause.METHOD if self.resource else Cause.UNMATCHED
        if self.magic:
            return Cause.MAGIC_KEY
        if self.asked:
            return Cause.PREFERENCE
        if self.is_beyond or (self.step and not self.step.passes):
            return Cause.SEQUENCE
        if self.struck is not None:
            return Cause.CHAOS
        if self.standing is not Standing.GOOD:
            return Cause.AUTHENTICATION if self.rights is None else Cause.STANDING
        if self.turn.verdict and not self.turn.verdict.allowed:
            return Cause.RATE_LIMIT
        return Cause.SEQUENCE if self.step else Cause.RECORDING
