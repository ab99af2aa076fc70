"""One operation in two versions of its contract into changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gateway_contracts.changes.change import Change
from gateway_contracts.compat.rules import RULES
from gateway_contracts.compat.schemas import Place, Step, Way, compare
from specs.contract import Authentication, Facts, Operation, Parameter, Response, Unit
from specs.provider import Provider

ANSWER = {
    ("field", Way.MORE): "answer-field-gone",
    ("field", Way.LESS): "answer-field-added",
    ("optional field", Way.MORE): "answer-optional-field-gone",
    ("optional field", Way.LESS): "answer-optional-field-added",
    ("presence", Way.MORE): "answer-field-optional",
    ("presence", Way.LESS): "answer-field-required",
    ("type", Way.MORE): "answer-type-widened",
    ("type", Way.LESS): "answer-type-narrowed",
    ("type", Way.OTHER): "answer-type-changed",
    ("value", Way.MORE): "answer-value-added",
    ("value", Way.LESS): "answer-value-gone",
    ("values", Way.MORE): "answer-values-open",
    ("values", Way.LESS): "answer-values-closed",
    ("values", Way.OTHER): "answer-values-changed",
    ("bound", Way.MORE): "answer-bound-loosened",
    ("bound", Way.LESS): "answer-bound-tightened",
    ("pattern", Way.MORE): "answer-bound-loosened",
    ("pattern", Way.LESS): "answer-bound-tightened",
    ("further fields", Way.MORE): "answer-opened",
    ("further fields", Way.LESS): "answer-closed",
    ("anything", Way.MORE): "answer-opened",
    ("anything", Way.LESS): "answer-closed",
}
"""Of an answer it is *more* that clients have to cope with; what is not here is another rule."""

PARAMETER = {
    ("type", Way.LESS): "parameter-type-narrowed",
    ("type", Way.MORE): "parameter-type-widened",
    ("type", Way.OTHER): "parameter-type-changed",
    ("value", Way.LESS): "parameter-value-gone",
    ("value", Way.MORE): "parameter-value-added",
    ("values", Way.LESS): "parameter-values-closed",
    ("values", Way.MORE): "parameter-values-open",
    ("values", Way.OTHER): "parameter-values-changed",
    ("bound", Way.LESS): "parameter-bound-tightened",
    ("bound", Way.MORE): "parameter-bound-loosened",
    ("pattern", Way.LESS): "parameter-bound-tightened",
    ("pattern", Way.MORE): "parameter-bound-loosened",
}
"""Of a parameter it is *less* that refuses what was good."""


class Operations:
    """One operation in both versions."""

    def __init__(self, base: Provider, head: Provider, old: Operation, new: Operation) -> None:
        self._base, self._head, self._old, self._new = base, head, old, new
        # The same both ways round, also where the id is another.
        self._at = " or ".join(sorted({old.id, new.id}))

    def changes(self) -> Iterator[Change]:
        """What changed of it."""
        old, new, at = self._old, self._new, self._at
        if old.id != new.id:
            yield Change(RULES["operation-renamed"], at, "operation", old=old.id, new=new.id)
        if (old.method, old.path) != (new.method, new.path):
            yield Change(RULES["request-moved"], at, "request", old=f"{old.method} {old.path}", new=f"{new.method} {new.path}")
        yield from self._authentication()
        yield from self._kind()
        yield from self._facts(old.facts, new.facts)
        before, now = ({(each.location, each.name): each for each in side.parameters} for side in (old, new))
        moved = {name for _, name in before.keys() - now.keys()} & {name for _, name in now.keys() - before.keys()}
        for key in dict.fromkeys((*before, *now)):
            one, other = before.get(key), now.get(key)
            if one and other:
                yield from self._parameter(one, other)
            elif key[1] not in moved:
                yield self._lone_parameter(one, other)
        for name in sorted(moved):
            places = [" and ".join(sorted(place for place, each in side if each == name)) for side in (before, now)]
            yield Change(RULES["parameter-moved"], at, "place of a parameter", name, old=places[0], new=places[1])
        for status in sorted(old.responses.keys() | new.responses.keys()):
            yield from self._response(status, old.responses.get(status), new.responses.get(status))

    def _authentication(self) -> Iterator[Change]:
        old, new = self._old.authentication, self._new.authentication
        if old is new:
            return
        if Authentication.REQUIRED in (old, new):
            rule = "key-required" if new is Authentication.REQUIRED else "key-not-required"
        else:
            rule = "key-ignored" if new is Authentication.NONE else "key-heeded"
        yield Change(RULES[rule], self._at, "key", old=old.value, new=new.value)

    def _kind(self) -> Iterator[Change]:
        """Whether it lists, and whether it retrieves."""
        old, new, at = self._old, self._new, self._at
        if old.items and new.items and old.items != new.items:
            before, now = (f"{each.at}, named by {each.id}" for each in (old.items, new.items))
            yield Change(RULES["items-moved"], at, "models", old=before, new=now)
        elif bool(old.items) != bool(new.items):
            where = [each.items.at if each.items else None for each in (old, new)]
            yield Change(RULES["list-gone" if old.items else "list-added"], at, "models", old=where[0], new=where[1])
        if bool(old.retrieves) != bool(new.retrieves):
            rule = "retrieve-gone" if old.retrieves else "retrieve-added"
            lists = [each.retrieves.operation if each.retrieves else None for each in (old, new)]
            yield Change(RULES[rule], at, "retrieving", old=lists[0], new=lists[1])

    def _facts(self, old: Facts, new: Facts) -> Iterator[Change]:
        """Whether prices mean what they meant."""
        if old.prices is None or new.prices is None:
            return
        before, now = (
            {"all": each.unit, **each.units} | ({"currency": each.currency} if each.currency else {})
            for each in (old.prices, new.prices)
        )
        for name in before.keys() & now.keys():
            if before[name] != now[name]:
                values = _unit(before[name]), _unit(now[name])
                yield Change(RULES["unit-changed"], self._at, "prices", name, old=values[0], new=values[1])

    def _lone_parameter(self, old: Parameter | None, new: Parameter | None) -> Change:
        one = old or new
        required = "required-parameter" if one and one.required else "parameter"
        rule = RULES[f"{required}-gone" if old else f"{required}-added"]
        name, place = (one.name, one.location) if one else ("", "")
        return Change(rule, self._at, "parameter", name, old=place if old else None, new=place if new else None)

    def _parameter(self, old: Parameter, new: Parameter) -> Iterator[Change]:
        at, name = self._at, new.name
        if old.required != new.required:
            rule = "parameter-required" if new.required else "parameter-not-required"
            words = ["required" if each.required else "optional" for each in (old, new)]
            yield Change(RULES[rule], at, "parameter", name, old=words[0], new=words[1])
        yield from self._filter(old, new)
        yield from self._sort(old, new)
        before, now = (
            Place(side.schemas, frozenset({each.schema} if each.schema else ()))
            for side, each in ((self._base, old), (self._head, new))
        )
        for step in compare(before, now):
            rule = PARAMETER.get((step.aspect, step.way), "parameter-rule-changed")
            what = f"{step.aspect} of a parameter"
            yield Change(RULES[rule], at, what, f"{name}{step.at}", old=step.old, new=step.new)

    def _filter(self, old: Parameter, new: Parameter) -> Iterator[Change]:
        at, name = self._at, new.name
        if old.filter is None or new.filter is None:
            if old.filter is not new.filter:
                words = [f"{each.filter.match} of {each.filter.field}" if each.filter else None for each in (old, new)]
                yield Change(
                    RULES["filter-gone" if old.filter else "filter-added"], at, "filter", name, old=words[0], new=words[1]
                )
            return
        before, now = ((each.match, each.field, each.list) for each in (old.filter, new.filter))
        if before != now:
            words = [f"{match} of {field}" + (f", {list_}" if list_ else "") for match, field, list_ in (before, now)]
            yield Change(RULES["filter-changed"], at, "filter", name, old=words[0], new=words[1])
        yield from self._aliases(name, old.filter.aliases, new.filter.aliases)

    def _aliases(self, name: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
        yield from come_and_gone(self._at, f"alias of {name}", (old, new), ("alias-gone", "alias-added"))
        for alias in old.keys() & new.keys():
            if old[alias] != new[alias]:
                yield Change(RULES["alias-changed"], self._at, f"alias of {name}", alias, old=old[alias], new=new[alias])

    def _sort(self, old: Parameter, new: Parameter) -> Iterator[Change]:
        at, name = self._at, new.name
        before, now = (each.sort.orders if each.sort else {} for each in (old, new))
        yield from come_and_gone(at, f"order of {name}", (before, now), ("order-gone", "order-added"))
        for value in before.keys() & now.keys():
            if before[value] != now[value]:
                yield Change(RULES["order-changed"], at, f"order of {name}", value, old=str(before[value]), new=str(now[value]))
        if old.sort and new.sort:
            ways = [(each.direction, each.descending) for each in (old.sort, new.sort)]
            if ways[0] != ways[1]:
                words = [f"{'down' if down else 'up'}, turned by {name or 'nothing'}" for name, down in ways]
                yield Change(RULES["order-changed"], at, f"order of {name}", old=words[0], new=words[1])

    def _response(self, status: int, old: Response | None, new: Response | None) -> Iterator[Change]:
        at = f"{self._at} {status}"
        if old is None or new is None:
            word = "status" if status >= 400 else "success"
            values = [str(status) if each else None for each in (old, new)]
            yield Change(RULES[f"{word}-gone" if old else f"{word}-added"], at, "status", old=values[0], new=values[1])
            return
        yield from self._headers(at, old, new)
        if old.media_type and new.media_type and old.media_type != new.media_type:
            yield Change(RULES["media-type-changed"], at, "media type", old=old.media_type, new=new.media_type)
        if old.schema is None or new.schema is None:
            if old.schema is not new.schema:
                rule = "body-undocumented" if old.schema is not None else "body-documented"
                yield Change(RULES[rule], at, "body", old=old.media_type, new=new.media_type)
            return
        before, now = Place(self._base.schemas, frozenset({old.schema})), Place(self._head.schemas, frozenset({new.schema}))
        yield from (_answer(at, step) for step in compare(before, now))

    @staticmethod
    def _headers(at: str, old: Response, new: Response) -> Iterator[Change]:
        before, now = ({each.name.lower(): each for each in side.headers} for side in (old, new))
        yield from come_and_gone(at, "field of the head", (before, now), ("header-gone", "header-added"))
        for name in before.keys() & now.keys():
            if before[name].constant != now[name].constant:
                values = [each[name].constant or "anything" for each in (before, now)]
                yield Change(RULES["header-changed"], at, "field of the head", name, old=values[0], new=values[1])


def _answer(at: str, step: Step) -> Change:
    rule = RULES[ANSWER.get((step.aspect, step.way), "answer-rule-changed")]
    return Change(rule, at, step.aspect, step.at or "/", old=step.old, new=step.new)


def _unit(unit: Unit | str | None) -> str:
    return f"{unit.number} {unit.of}" if isinstance(unit, Unit) else unit or "not told"


def come_and_gone(at: str, what: str, sides: tuple[Iterable[str], Iterable[str]], rules: tuple[str, str]) -> Iterator[Change]:
    """What is named on one of *sides* only, by the *rules* for what is gone and for what is new."""
    old, new = (dict.fromkeys(each) for each in sides)
    for each in old:
        if each not in new:
            yield Change(RULES[rules[0]], at, what, each, old=each)
    for each in new:
        if each not in old:
            yield Change(RULES[rules[1]], at, what, each, new=each)
