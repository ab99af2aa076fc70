"""Which of the models that are gone and of those that are new seem to be one, and how sure that is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from conformance.facts import Model

SURE, LIKELY, PERHAPS = "sure", "likely", "perhaps"

Key = Callable[[Model], Hashable]

ALIKE = 0.6
"""The share of letters in common from which two ids are alike."""


def renamed(
    removed: Sequence[Model], added: Sequence[Model], before: Mapping[str, list[Model]], now: Mapping[str, list[Model]]
) -> Iterator[tuple[Model, Model, str]]:
    """Pairs of one of *removed* with one of *added*, and how sure it is that they are one model.

    Sure: the same facts, which no other model of *before* or *now* has, and an id that differs in case, punctuation or
    vendor only. Likely: such facts and an id that is alike, or such an id and the same facts as other models have too.
    Perhaps: one of the two, facts of its own or such an id, and nothing else.
    """
    old_ones = [each for each in removed if len(before[each.id]) == 1]
    new_ones = [each for each in added if len(now[each.id]) == 1]
    own = _alone(before) & _alone(now)
    by_facts = {id(old): new for old, new in _pairs(old_ones, new_ones, _facts) if _facts(old) in own}
    by_id = {id(old): new for old, new in _pairs(old_ones, new_ones, lambda each: bare(each.id))}
    taken: set[int] = set()
    # The surest first: a model that two others may have been is the one that it is more surely.
    found = [(old, new, *_sure(old, new, by_facts, by_id)) for old in old_ones for new in _candidates(old, by_facts, by_id)]
    for old, new, _, sure in sorted(found, key=lambda each: (each[2], each[0].id, each[1].id)):
        if not {id(old), id(new)} & taken:
            taken |= {id(old), id(new)}
            yield old, new, sure


def bare(id: str) -> str:
    """*id* without what a gateway may write in another way: vendor, case, punctuation."""
    return re.sub(r"[\W_]+", "", id.casefold().rstrip("/").rpartition("/")[2]) or id


def _candidates(old: Model, by_facts: Mapping[int, Model], by_id: Mapping[int, Model]) -> list[Model]:
    found = [pairs[id(old)] for pairs in (by_facts, by_id) if id(old) in pairs]
    return found[:1] if len(found) == 2 and found[0] is found[1] else found


def _sure(old: Model, new: Model, by_facts: Mapping[int, Model], by_id: Mapping[int, Model]) -> tuple[int, str]:
    facts, name = by_facts.get(id(old)) is new, by_id.get(id(old)) is new
    if facts and name:
        return 0, SURE
    if facts:
        return (1, LIKELY) if _are_alike(old.id, new.id) else (3, PERHAPS)
    return (1, LIKELY) if _facts(old) == _facts(new) else (2, PERHAPS)


def _are_alike(one: str, other: str) -> bool:
    # The measure is not symmetric, and which of the two was first is no matter.
    return SequenceMatcher(None, min(one, other), max(one, other), autojunk=False).ratio() >= ALIKE


def _pairs(old: Iterable[Model], new: Iterable[Model], key: Key) -> Iterator[tuple[Model, Model]]:
    """Each of *old* with the one of *new* that has its key, where on both sides no other has it."""
    sides = []
    for models in (old, new):
        held: dict[Hashable, list[Model]] = {}
        for each in models:
            held.setdefault(key(each), []).append(each)
        sides.append({name: found[0] for name, found in held.items() if len(found) == 1})
    yield from ((each, sides[1][name]) for name, each in sides[0].items() if name in sides[1])


def _facts(held: Model) -> Hashable:
    """All that is known of a model but its id, its name and its owner, which a renaming changes."""
    mappings = (frozenset(each.items()) for each in (held.limits, held.lists, held.flags))
    return held.texts.get("created"), *mappings, held.prices


NO_FACTS = _facts(Model(""))


def _alone(models: Mapping[str, list[Model]]) -> set[Hashable]:
    """The facts that one model alone has."""
    counts = Counter(_facts(each) for group in models.values() for each in group)
    return {facts for facts, count in counts.items() if count == 1 and facts != NO_FACTS}
