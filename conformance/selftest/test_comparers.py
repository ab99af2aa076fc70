"""Our own comparers, each against a plainer one that is slower or says less, over inputs that nobody chose."""

from __future__ import annotations

import copy
import itertools
import json
import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

import specs
from conformance import retry_after
from conformance.allowance import allowance
from conformance.case import NotApplicable, Scope, same_ids
from conformance.choices import Choices
from conformance.finding import Violation, fingerprint, group
from conformance.fit import fitting
from conformance.message import Request, Response
from conformance.probes.caching import TagLaw
from conformance.probes.filtering import FilterBy, FilterList
from conformance.schema_check import NOTHING, SchemaCheck
from conformance.selftest.bench import exchange
from conformance.strict_json import Unreadable, decode
from conformance.telling import telling
from conformance.waivers import Waiver, holding
from specs import Provider
from specs.pointer import resolve

PROVIDERS = specs.load_all()

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=8
)
PIECES = st.sampled_from(
    [*'{}[],:"\\ \t\n0123456789.-+eE', "NaN", "Infinity", "true", "null", '"a":', "\\u00", "\ufeff", "é", "\x01"]
)


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """JSON texts, most of them with a piece too many or too few."""
    text = json.dumps(draw(VALUES), ensure_ascii=draw(st.booleans()))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(PIECES | st.just("")) + text[at + draw(st.integers(0, 2)) :]
    return text.encode("utf-8", "surrogatepass")


def refused(name: str) -> Any:
    raise ValueError(f"RFC 8259 has no {name}")


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a member twice")
    return dict(pairs)


@settings(max_examples=120)
@given(texts())
def test_a_text_without_faults_is_one_that_a_strict_reader_reads_alike(content: bytes) -> None:
    try:
        plain = json.loads(content.decode("utf-8"), parse_constant=refused, object_pairs_hook=once)
    except ValueError:
        try:
            assert decode(content).faults
        except Unreadable:
            return
    else:
        found = decode(content)
        assert found.faults == ()
        assert repr(found.value) == repr(plain)


NAMES = st.lists(st.sampled_from("abcdefg"), max_size=6)


@given(found=NAMES, wanted=NAMES)
def test_the_ids_that_differ_are_those_of_two_sets(provider: Provider, found: list[str], wanted: list[str]) -> None:
    items = provider.operations["listModels"].items
    assert items is not None
    shown = exchange({"data": [{"id": each} for each in found]})

    violations = list(same_ids(shown, wanted, items, "the other"))

    assert {each.kind for each in violations} == {
        *(["missing-item"] if set(wanted) - set(found) else []),
        *(["extra-item"] if set(found) - set(wanted) else []),
    }
    assert len(violations) == len(set(found) ^ set(wanted))


TAGS = st.sampled_from(['"1"', '"2"', 'W/"1"', 'W/"2"'])


@given(tags=st.tuples(TAGS, TAGS), bodies=st.tuples(st.sampled_from("ab"), st.sampled_from("ab")), filtered=st.booleans())
def test_equal_strong_tags_are_of_equal_bodies_and_one_body_keeps_its_tag(
    tags: tuple[str, str], bodies: tuple[str, str], filtered: bool
) -> None:
    asked = Request("listModels", query=(("type", "chat"),) if filtered else ())
    answers = [
        exchange({"data": body}, request=request, ETag=tag)
        for tag, body, request in zip(tags, bodies, (Request("listModels"), asked), strict=True)
    ]

    kinds = [each.kind for each in TagLaw._judge(answers)]

    same_tag, same_body = tags[0] == tags[1], bodies[0] == bodies[1]
    broken = [
        *(["same-tag"] if same_tag and tags[0][0] == '"' and not same_body else []),
        *(["other-tag"] if not same_tag and same_body and not filtered else []),
    ]
    assert kinds == broken


FEATURES = ("", "tools", "tools, web", "web，vision")
TYPES = ("chat", "image", "voice", "t2t", "other")
CATALOGUE = st.lists(
    st.fixed_dictionaries(
        {
            "types": st.lists(st.sampled_from(TYPES), max_size=3).map(",".join),
            "features": st.sampled_from(FEATURES),
        }
    ),
    max_size=6,
).map(lambda models: [{"id": f"m{at}", **model} for at, model in enumerate(models)])


@settings(max_examples=60)
@given(models=CATALOGUE, kept=st.integers(0, 63), data=st.data())
def test_a_filter_is_kept_when_it_gives_the_items_that_have_the_value_and_no_others(
    provider: Provider, models: list[dict[str, Any]], kept: int, data: st.DataObject
) -> None:
    scope = Scope(provider, provider.operations["listModels"], Choices())
    case = data.draw(st.sampled_from(list(FilterBy("type").cases(scope))))
    value = dict(case.requests[1].query)["type"]
    given_ = [model for at, model in enumerate(models) if kept >> at & 1]
    wanted = [each for each in models if value in [{"t2t": "chat"}.get(name, name) for name in each["types"].split(",")]]

    violations = list(case.judge([exchange({"data": models}), exchange({"data": given_}, request=case.requests[1])]))

    assert {each["id"] for each in given_} == {each["id"] for each in wanted} or violations
    assert not violations or {each["id"] for each in given_} != {each["id"] for each in wanted}


@given(models=CATALOGUE, kept=st.integers(0, 63))
def test_of_two_values_an_item_with_both_must_be_there_and_one_with_none_must_not(
    provider: Provider, models: list[dict[str, Any]], kept: int
) -> None:
    scope = Scope(provider, provider.operations["listModels"], FIRST)
    case = next(iter(FilterList("features").cases(scope)))
    pair = set(str(dict(case.requests[1].query)["features"]).split(","))
    given_ = [model for at, model in enumerate(models) if kept >> at & 1]
    has = {each["id"]: pair & set(each["features"].replace("，", ",").replace(" ", "").split(",")) for each in models}
    right = all(has[each["id"]] for each in given_) and all(each in given_ for each in models if has[each["id"]] == pair)

    violations = list(case.judge([exchange({"data": models}), exchange({"data": given_}, request=case.requests[1])]))

    assert right == (not violations)


class First(Choices):
    """Chooses nothing: an example of Hypothesis must not begin another."""

    def draw(self, strategy: Any, count: int) -> tuple[Any, ...]:
        return ()


FIRST = First()


@settings(max_examples=60)
@given(models=CATALOGUE.filter(bool))
def test_of_all_values_those_are_chosen_with_which_most_filters_matter(
    provider: Provider, models: list[dict[str, Any]]
) -> None:
    operation = provider.operations["listModels"]
    named = [{**each, "id": f"model-{each['id']}"} for each in models]
    filters = {each.name: each.filter for each in operation.query_parameters if each.filter}

    def matter(chosen: Sequence[str]) -> int:
        """How many filters matter: without one of them more would be given."""

        def count(names: Sequence[int]) -> int:
            return sum(all(fitting(list(filters.values())[at], chosen[at])(each) for at in names) for each in named)

        every = range(len(chosen))
        return sum(count([at for at in every if at != out]) > count(every) for out in every)

    values = [[*parameter.values] or ["model"] for parameter in operation.query_parameters if parameter.filter]
    possible = [
        chosen
        for chosen in itertools.product(*values)
        if any(
            all(fitting(filter_, value)(each) for filter_, value in zip(filters.values(), chosen, strict=True))
            for each in named
        )
    ]
    try:
        chosen = telling(exchange({"data": named}), operation)
    except NotApplicable:
        assert possible == []
        return

    assert list(chosen) == list(filters)
    assert matter(tuple(chosen.values())) >= max(map(matter, possible))
    assert any(all(fitting(filters[name], value)(each) for name, value in chosen.items()) for each in named)


WRONG = st.one_of(SCALARS, st.just([]), st.just({}), st.just([None]), st.just(-1), st.just("1.5"))


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, str, int, Any]:
    """A documented answer with up to two of its values replaced or taken away."""
    provider = PROVIDERS[draw(st.sampled_from(sorted(PROVIDERS)))]
    known = [
        each for each in provider.recordings if _schema(provider, each.operation, each.status) and len(each.content) < 20_000
    ]
    recording = draw(st.sampled_from(known))
    body = copy.deepcopy(recording.json())
    for _ in range(draw(st.integers(0, 2))):
        at, held = body, None
        for _ in range(draw(st.integers(1, 5))):
            if not isinstance(at, dict | list) or not at:
                break
            place = draw(st.sampled_from(sorted(at) if isinstance(at, dict) else [0, len(at) - 1]))
            held, at = (at, place), at[place]
        if held is not None:
            if draw(st.booleans()) and isinstance(held[0], dict):
                del held[0][held[1]]
            else:
                held[0][held[1]] = copy.deepcopy(draw(WRONG))  # which another round may change
    return provider.id, recording.operation, recording.status, body


def _schema(provider: Provider, operation: str, status: int) -> str | None:
    response = provider.operations[operation].responses.get(status)
    return response.schema if response else None


@settings(max_examples=80, deadline=None)
@given(spoiled())
def test_a_body_breaks_a_requirement_when_plain_json_schema_refuses_it(case: tuple[str, str, int, Any]) -> None:
    name, operation, status, body = case
    provider = PROVIDERS[name]
    registry: Registry[Any] = Registry().with_resource("urn:contract", DRAFT202012.create_resource(provider.document))
    plain = Draft202012Validator({"$ref": f"urn:contract#{_schema(provider, operation, status)}"}, registry=registry)

    verdict = SchemaCheck(provider).verdict(exchange(body, request=Request(operation), status=status))

    assert verdict is not NOTHING
    assert bool(verdict.violations) == (not plain.is_valid(body))
    for violation in itertools.chain(*verdict.violations.values()):
        held = violation.at if violation.kind != "required" else violation.at.rpartition("/")[0]
        resolve(body, held)


DATES = st.builds(
    "{}{} {} {} {}{}{}".format,
    st.sampled_from(["Sun, ", "", "Sunday, ", ","]),
    st.integers(-1, 99),
    st.sampled_from(["Nov", "nov", "11", "", "Nov-"]),
    st.integers(-1, 99999),
    st.sampled_from(["10:00:00", "1:2", "25:61:61", ":", "10.0", ""]),
    st.sampled_from([" ", ""]),
    st.sampled_from(["GMT", "+0000", "-9999", "+99999999999", "X", "Z", "("]),
)
LATIN = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30)
NUMBERS = st.from_regex(r"-?[0-9]{0,20}([.][0-9]{0,12})?(e[0-9]{1,3}|s|ms|h|m)?", fullmatch=True)
TOLD = ("x-ratelimit-remaining", "x-ratelimit-reset", "x-ratelimit-limit", "RateLimit", "Date")
FIELDS = st.one_of(LATIN, NUMBERS, DATES, st.datetimes().map(str), st.just(""))


@settings(max_examples=120)
@given(said=FIELDS, milliseconds=st.none() | FIELDS, sent=FIELDS)
def test_whatever_is_said_of_when_to_come_again_is_a_time_or_nothing(said: str, milliseconds: str | None, sent: str) -> None:
    fields = [("Retry-After", said), ("Date", sent), *([("retry-after-ms", milliseconds)] if milliseconds is not None else [])]

    found = retry_after.seconds(Response(429, tuple(fields), b""))

    assert found is None or (0 <= found < math.inf)


@settings(max_examples=120)
@given(
    st.dictionaries(
        st.sampled_from(["x-ratelimit-remaining", "x-ratelimit-reset", "x-ratelimit-limit", "RateLimit", "Date"]), FIELDS
    )
)
def test_whatever_is_said_of_a_limit_is_an_allowance_or_nothing(fields: dict[str, str]) -> None:
    found = allowance(Response(200, tuple(fields.items()), b""))

    assert found is None or (found.remaining >= 0 and 0 <= found.reset_s < math.inf and 0 <= found.share < math.inf)


INDEXES = st.integers(0, 10**6)


@given(one=st.tuples(INDEXES, INDEXES), other=st.tuples(INDEXES, INDEXES), member=st.sampled_from(["id", "x1", "1x"]))
def test_violations_that_differ_in_their_indexes_alone_are_one(
    provider: Provider, one: tuple[int, int], other: tuple[int, int], member: str
) -> None:
    places = [f"/data/{first}/prices/{second}/{member}" for first, second in (one, other)]
    requirement = provider.requirements[0]
    found = [Violation(exchange({}), at, "type", "a", str(number)) for number, at in enumerate((*places, f"{places[0]}/more"))]

    assert fingerprint(requirement, found[0]) == fingerprint(requirement, found[1]) != fingerprint(requirement, found[2])
    assert [each.count for each in group(requirement, found)] == [2, 1]


WAIVERS = st.lists(
    st.builds(
        Waiver,
        st.sampled_from([None, "ACM-ID-01", "ACM-ID-02"]),
        st.sampled_from(["aaa", "bbb", None]),
        st.sampled_from(["*", "Host", "other"]),
        st.just("why"),
        st.dates(date(2026, 11, 20), date(2026, 11, 24)),
    ).filter(lambda waiver: (waiver.requirement is None) != (waiver.fingerprint is None)),
    max_size=5,
)


@given(waivers=WAIVERS, shown=st.lists(st.sampled_from(["aaa", "bbb", "ccc"]), min_size=1, unique=True))
def test_a_breach_is_waived_as_a_whole_or_not_at_all_by_those_that_hold(
    provider: Provider, waivers: list[Waiver], shown: list[str]
) -> None:
    today = date(2026, 11, 22)
    (requirement,) = [each for each in provider.requirements if each.id == "ACM-ID-01"]
    valid = [each for each in waivers if each.expires >= today and each.target in ("*", "Host")]

    found = holding(waivers, "host", today).matching(requirement, shown)

    by_name = any(each.requirement == requirement.id for each in valid)
    assert (found is not None) == (by_name or all(any(each.fingerprint == name for each in valid) for name in shown))
    assert found is None or found in valid
