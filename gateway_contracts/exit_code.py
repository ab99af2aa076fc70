"""What every command exits with: the same numbers for each of them, which are the suite's."""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """Exit codes; a build is to go on at 0 only."""

    GOOD = 0
    BROKEN = 1
    INTERRUPTED = 2
    OUR_ERROR = 3
    USAGE = 4
    NOTHING = 5
    INCONCLUSIVE = 6

    @property
    def says(self) -> str:
        """What it means, for a table of them."""
        return MEANINGS[self]


MEANINGS = {
    ExitCode.GOOD: "all that was asked for is done, and nothing is wrong: each MUST that could be judged is kept",
    ExitCode.BROKEN: "something is wrong: a MUST is broken, a change breaks clients, a port is taken",
    ExitCode.INTERRUPTED: "interrupted; what was found until then is told",
    ExitCode.OUR_ERROR: "the tool itself failed, or could not write what it was to write",
    ExitCode.USAGE: "the options, or the files that they name, cannot be used",
    ExitCode.NOTHING: "there was nothing to judge",
    ExitCode.INCONCLUSIVE: "inconclusive: no answer, a refused key, 429, 5xx, or an HTML page where a list should be",
}
