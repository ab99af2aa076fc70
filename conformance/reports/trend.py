"""A run beside earlier ones of the same target: what broke, and what was mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.reports.words import label

NOTHING_OLDER = "None of the older reports has a run of this gateway."


@dataclass(frozen=True)
class Change:
    """A requirement that was not always judged alike. *outcomes* has one member for each run, None where it was not judged."""

    requirement: str
    says: str
    outcomes: tuple[str | None, ...]


@dataclass(frozen=True)
class Trend:
    """The *runs* over one target, the oldest first, and what of them differs; the last of them is the present one."""

    runs: tuple[Mapping[str, Any], ...]
    changes: tuple[Change, ...]

    @property
    def loud(self) -> tuple[Change, ...]:
        """What differs and was more than not applicable at times."""
        return tuple(each for each in self.changes if set(each.outcomes) - {"pass", "not applicable", None})

    @property
    def broke(self) -> tuple[str, ...]:
        """The requirements that fail now and did not the time before."""
        return tuple(each.requirement for each in self.changes if each.outcomes[-1] == "fail" != each.outcomes[-2])

    @property
    def mended(self) -> tuple[str, ...]:
        """The requirements that failed the time before and pass now."""
        return tuple(each.requirement for each in self.changes if each.outcomes[-2:] == ("fail", "pass"))


def trend(run: Mapping[str, Any], previous: Sequence[Mapping[str, Any]]) -> Trend | None:
    """*run* among the runs of *previous* reports over the target of its name and provider; None when there are none."""
    wanted = (run["provider"], label(run))
    older = [each for report in previous for each in report["runs"] if (each["provider"], label(each)) == wanted]
    if not older:
        return None
    runs = (*sorted(older, key=lambda each: str(each["started"])), run)
    outcomes = [{finding["requirement"]: finding["outcome"] for finding in each["findings"]} for each in runs]
    said = {finding["requirement"]: finding["says"] for each in runs for finding in each["findings"]}
    rows = [Change(name, says, tuple(each.get(name) for each in outcomes)) for name, says in said.items()]
    return Trend(runs, tuple(row for row in rows if len(set(row.outcomes)) > 1))
