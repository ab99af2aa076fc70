"""What was measured as one JSON document, from which table and plot are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.speed.contestant import Contestant
from bench.speed.figures import Samples, figure, upkeep
from bench.speed.goals import Judged
from bench.speed.machine import Machine
from bench.speed.traffic import Plan

FORMAT = 1
REFERENCE = "asgi"
"""The contestant whose rate for the same body all others are given as a share of."""


@dataclass(frozen=True)
class Run:
    """How it was measured: *settings* are the options, *versions* those of what measured, *ceilings* the generator's own."""

    date: str
    machine: Machine
    cores: str
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    complete: bool
    ceilings: Mapping[str, float]


def document(
    run: Run,
    plan: Plan,
    contestants: Mapping[Contestant, str],
    samples: Samples,
    goals: Sequence[Judged],
) -> dict[str, Any]:
    """A value of the format in ``bench/speed/formats/speed.schema.json``; *contestants* have their versions."""
    return {
        "format": FORMAT,
        "date": run.date,
        "complete": run.complete,
        "machine": {**asdict(run.machine), "idle": run.machine.idle},
        "cores": run.cores,
        "settings": dict(run.settings),
        "versions": dict(run.versions),
        "generator_ceilings": dict(run.ceilings),
        "reference": REFERENCE,
        "traffic": [
            {"name": each.name, "says": each.says, "body": each.body, "status": each.status} for each in plan.traffic.values()
        ],
        "contestants": [_contestant(each, version, plan, samples) for each, version in contestants.items()],
        "goals": [
            {
                "says": each.goal.says,
                "bound": each.goal.bound,
                "at_least": each.goal.at_least,
                "unit": each.goal.unit.strip(),
                "value": each.value,
                "detail": each.detail,
                "met": each.met,
                "line": each.line,
            }
            for each in goals
        ],
        "samples": {
            "closed": [asdict(each) for each in samples.closed],
            "highest": [asdict(each) for each in samples.highest],
            "lives": [asdict(each) for each in samples.lives],
        },
    }


def _contestant(contestant: Contestant, version: str, plan: Plan, samples: Samples) -> dict[str, Any]:
    kept = upkeep(samples, contestant.key)
    verified = {traffic: seen for (key, traffic), seen in samples.verified.items() if key == contestant.key}
    figures = [figure(samples, contestant.key, each.name, (REFERENCE, each.body)) for each in plan.traffic.values()]
    return {
        "key": contestant.key,
        "name": contestant.name,
        "says": contestant.says,
        "version": version,
        "absent": samples.absent.get(contestant.key),
        "verified": {name: asdict(seen) for name, seen in verified.items()},
        "figures": [asdict(each) for each in figures if each is not None],
        "upkeep": asdict(kept) if kept else None,
    }
