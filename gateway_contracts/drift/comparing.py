"""Two snapshots of one list into changes. Their order, and that of what they hold, is no matter."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from decimal import Decimal

from conformance.facts import Model, Price
from conformance.snapshot import MOST_FIELDS, Snapshot
from gateway_contracts.changes.change import WIDE, Change
from gateway_contracts.drift.documented import Fields
from gateway_contracts.drift.renaming import renamed
from gateway_contracts.drift.rules import RULES
from specs.contract import Unit

NOT_DEPRECATED = frozenset({"", "false", "active", "none"})
"""Words at the place of a deprecation that say that there is none, in lower case."""


def compare(old: Snapshot, new: Snapshot, documented: Fields, *, renaming: bool = True) -> Iterator[Change]:
    """What changed from *old* to *new*, of which both are known; *documented* says what the contract allows.

    Without *renaming* a model with another id is another model.
    """
    at = old.operation
    before, now = _by_id(old, new), _by_id(new, old)
    removed = [models[0] for name, models in before.items() if name not in now]
    added = [models[0] for name, models in now.items() if name not in before]
    pairs = list(renamed(removed, added, before, now)) if renaming else []
    for was, is_, sure in pairs:
        yield Change(RULES["model-renamed"], at, "model", is_.id, was.id, was.id, is_.id, sure=sure)
    gone, come = {each.id for each, _, _ in pairs}, {each.id for _, each, _ in pairs}
    for name in before.keys() | now.keys():
        yield from _repeated(at, name, len(before.get(name, ())), len(now.get(name, ())), known=name in gone or name in come)
    together = [pair for name in before.keys() & now.keys() for pair in zip(before[name], now[name], strict=False)]
    for was, is_ in [*together, *((was, is_) for was, is_, _ in pairs)]:
        yield from _model(at, was, is_)
    if old.nameless != new.nameless:
        rule = RULES["nameless-more" if new.nameless > old.nameless else "nameless-fewer"]
        yield Change(rule, at, NAMELESS, old=str(old.nameless), new=str(new.nameless))
    yield from _fields(at, old, new, documented)


def _by_id(held: Snapshot, other: Snapshot) -> dict[str, list[Model]]:
    found: dict[str, list[Model]] = {}
    for each in held.models:
        if other.is_known(each.id):
            found.setdefault(each.id, []).append(each)
    return found


def _repeated(at: str, id: str, old: int, new: int, *, known: bool) -> Iterator[Change]:
    """What became of the entries of one *id*; *known* is what a renaming tells already."""
    if not known and not (old and new):
        rule = RULES["model-removed" if old else "model-added"]
        yield Change(rule, at, "model", id, old=id if old else None, new=id if new else None)
    if max(old, 1) != max(new, 1):
        rule = RULES["model-repeated" if new > old else "model-unrepeated"]
        yield Change(rule, at, "entries of one id", id, old=str(max(old, 1)), new=str(max(new, 1)))


def _model(at: str, old: Model, new: Model) -> Iterator[Change]:
    """What changed of one model, as of *new*, which may have been called otherwise."""
    was = old.id if old.id != new.id else ""
    changes = (_texts, _deprecation, _limits, _lists, _flags, _prices)
    for rule, what, before, now, unit, numbers in (each for find in changes for each in find(old, new)):
        yield Change(RULES[rule], at, what, new.id, was, before, now, unit, numbers)


NAMELESS = "items without an id"

SHORT = {1_000: "1K", 1_000_000: "1M"}
"""Numbers as price lists write them."""

Paired = tuple[list[tuple[Price, Price]], list[Price], list[Price]]

Found = Iterator[tuple[str, str, str | None, str | None, str, tuple[Decimal, Decimal] | None]]
"""Rule, what, old and new value, their unit, and both as numbers in one unit."""


def _texts(old: Model, new: Model) -> Found:
    for name in ("name", "owner", "created"):
        before, now = old.texts.get(name), new.texts.get(name)
        if before is not None and now is not None and before != now:
            yield f"{name}-changed", name, before, now, "", None


def _deprecation(old: Model, new: Model) -> Found:
    before, now = (_deprecated(each) for each in (old, new))
    if before == now:
        return
    rule = "deprecation-changed" if before and now else "deprecated" if now else "undeprecated"
    yield rule, "deprecation", before, now, "", None


def _deprecated(held: Model) -> str | None:
    text = held.texts.get("deprecated", "")
    return None if text.strip().lower() in NOT_DEPRECATED else text


def _limits(old: Model, new: Model) -> Found:
    for name in old.limits.keys() | new.limits.keys():
        before, now = old.limits.get(name), new.limits.get(name)
        if before == now:
            continue
        words = None if before is None else _plain(before), None if now is None else _plain(now), "tokens"
        if isinstance(before, Decimal) and isinstance(now, Decimal):
            yield f"{name}-{'shrunk' if now < before else 'grown'}", name, *words, (before, now)
        elif before is None or now is None:
            yield "limit-appeared" if before is None else "limit-gone", name, *words, None
        else:
            yield "limit-unclear", name, *words, None


def _lists(old: Model, new: Model) -> Found:
    for name in old.lists.keys() | new.lists.keys():
        before, now = old.lists.get(name, frozenset()), new.lists.get(name, frozenset())
        word = name.rpartition(" ")[2]
        for value in before - now:
            yield f"{word}-lost", name, value, None, "", None
        for value in now - before:
            yield f"{word}-gained", name, None, value, "", None


def _flags(old: Model, new: Model) -> Found:
    for name in old.flags.keys() | new.flags.keys():
        before, now = old.flags.get(name) is True, new.flags.get(name) is True
        if before and not now:
            yield "feature-lost", "feature", name, None, "", None
        elif now and not before:
            yield "feature-gained", "feature", None, name, "", None


def _prices(old: Model, new: Model) -> Found:
    if old.prices == new.prices:
        return
    # What a price is of is compared first, then what is left with what has at least the same conditions.
    pairs, before, now = _paired(old.prices, new.prices, _of)
    for was, is_ in pairs:
        yield from _amounts(was, is_)
    pairs, before, now = _paired(before, now, lambda each: (each.kind, each.conditions))
    for was, is_ in pairs:
        yield "price-unit", _what(is_), _told(was), _told(is_), "", None
    kinds = {each.kind for each in old.prices} & {each.kind for each in new.prices}
    for each in before:
        yield "tier-gone" if each.kind in kinds else "price-gone", _what(each), _told(each), None, "", None
    for each in now:
        yield "tier-appeared" if each.kind in kinds else "price-appeared", _what(each), None, _told(each), "", None


def _of(price: Price) -> Hashable:
    """Prices that agree in this can be compared as amounts."""
    return price.kind, price.conditions, price.currency, price.unit.of


def _paired(old: Iterable[Price], new: Iterable[Price], key: Callable[[Price], Hashable]) -> Paired:
    """Pairs of prices with one key, equal ones first and then in order; and those on both sides that are left."""
    others: dict[Hashable, list[Price]] = {}
    for each in new:
        others.setdefault(key(each), []).append(each)
    different = []
    for each in old:
        if each in others.get(key(each), ()):
            others[key(each)].remove(each)
        else:
            different.append(each)
    pairs, left = [], []
    for each in different:
        if others.get(key(each)):
            pairs.append((each, others[key(each)].pop(0)))
        else:
            left.append(each)
    return pairs, left, [each for group in others.values() for each in group]


def _amounts(old: Price, new: Price) -> Found:
    before, now, what = old.amount, new.amount, _what(new)
    if not (isinstance(before, Decimal) and isinstance(now, Decimal)):
        if before != now:
            yield "price-unclear", what, _plain(before), _plain(now), _per(new), None
        return
    # For as many of what is paid for as both units have together, so that nothing has to be divided.
    numbers = WIDE.multiply(before, Decimal(new.unit.number)), WIDE.multiply(now, Decimal(old.unit.number))
    if numbers[0] == numbers[1]:
        return
    words = (_plain(before), _plain(now), _per(new)) if old.unit == new.unit else (_told(old), _told(new), "")
    if before < 0 or now < 0:
        yield "price-unclear", what, *words, None
    elif not before:
        yield "price-charged", what, *words, None
    elif not now:
        yield "price-freed", what, *words, None
    else:
        yield f"price-{'up' if numbers[1] > numbers[0] else 'down'}", what, *words, numbers


def _what(price: Price) -> str:
    return f"price of {price.kind}" + (f" where {price.conditions}" if price.conditions else "")


def _told(price: Price) -> str:
    return f"{_plain(price.amount)} {_per(price)}"


def _per(price: Price) -> str:
    return f"{price.currency} per {per(price.unit)}" if price.unit.of else price.currency


def per(unit: Unit) -> str:
    """What an amount buys, in words."""
    return unit.of if unit.number == 1 else f"{SHORT.get(unit.number, unit.number)} {unit.of}s"


def _plain(value: Decimal | str) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else value


def _fields(at: str, old: Snapshot, new: Snapshot, documented: Fields) -> Iterator[Change]:
    """What changed of the fields of objects that are on both sides; where there are no models, there is nothing to say."""
    ends = [max(each.fields) for each in (old, new) if len(each.fields) >= MOST_FIELDS]
    for pointer in old.fields.keys() | new.fields.keys():
        above, _, name = pointer.rpartition("/")
        if not pointer or any(pointer > end for end in ends):
            continue
        before, now = frozenset(old.fields.get(pointer, ())), frozenset(new.fields.get(pointer, ()))
        if before and now and before != now:
            field = documented(pointer)
            if not field.known:
                rule = "undocumented-field-retyped"
            else:
                allowed = "-as-documented" if field.allows(before ^ now) else ""
                rule = f"field-{'widened' if before < now else 'narrowed' if now < before else 'retyped'}{allowed}"
            yield Change(RULES[rule], at, "types", pointer, old=_types(before), new=_types(now))
        objects = [each.fields.get(above, {}).get("object", 0) for each in (old, new)]
        if name == "*" or not all(objects):
            continue
        shares = [sum(each.fields.get(pointer, {}).values()) / total for each, total in zip((old, new), objects, strict=True)]
        yield from _presence(at, pointer, shares, required=documented(pointer).required, types=(before, now))


def _presence(
    at: str, pointer: str, shares: Sequence[float], *, required: bool, types: tuple[frozenset[str], frozenset[str]]
) -> Iterator[Change]:
    """What changed of how often a field is there, by the share of objects that had it and that have it."""
    before, now = shares
    if not (before and now):
        rule = f"field-{'vanished' if before else 'appeared'}"
        old, new = (_types(each) or None for each in types)
        yield Change(RULES[rule if required else f"optional-{rule}"], at, "field", pointer, old=old, new=new)
    elif (before == 1) != (now == 1):
        ways = ("field-complete", "field-missing") if required else ("optional-field-everywhere", "optional-field-rarer")
        old, new = (f"in {each:.0%}" if each == 1 else f"in {min(each, 0.99):.0%}" for each in shares)
        yield Change(RULES[ways[0] if now == 1 else ways[1]], at, "field", pointer, old=old, new=new)


def _types(types: frozenset[str]) -> str:
    return " or ".join(sorted(types))
