"""A conforming gateway that looks unusual is accused of nothing, and everything about it is judged."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Generator, Sequence
from random import Random

import pytest

import specs
from conformance.finding import Outcome
from proof.test_catalogues import broken
from proof.twins import TWINS, coding, series
from proof.twins.__main__ import main
from proof.twins.message import Answer, Call
from proof.twins.performing import applies, perform
from proof.twins.twin import Clock, Stage, Twin, as_it_is
from specs.requirement import Lens

PROVIDERS = specs.load_all()
BY_NAME = {twin.name: twin for twin in TWINS}
GATEWAYS = [(twin.name, name) for twin in TWINS for name, provider in PROVIDERS.items() if applies(twin, provider)]
HOLDING = [(twin, name) for twin, name in GATEWAYS if BY_NAME[twin].holds is not as_it_is]


@pytest.mark.parametrize(("twin", "provider"), GATEWAYS)
def test_a_twin_is_accused_of_nothing_and_judged(twin: str, provider: str) -> None:
    found = perform(BY_NAME[twin], PROVIDERS[provider])

    assert found.trial.refusal == ""
    assert found.accused == ()
    assert found.trial.inconclusive == ()
    assert found.unusual


@pytest.mark.parametrize(("twin", "provider"), HOLDING)
def test_what_a_twin_holds_keeps_the_contract(twin: str, provider: str) -> None:
    held = BY_NAME[twin].holds(PROVIDERS[provider], Random(7))

    for recording in held.recordings:
        operation = held.operations[recording.operation]
        if recording.label == "catalogue" and len(recording.content) < 10**6:
            assert list(broken(held, operation, recording.content)) == [], recording.name
        elif recording.status in operation.responses and recording.status >= 400:
            schema = operation.responses[recording.status].schema
            assert schema is None or list(held.schemas.errors(schema, recording.json())) == [], recording.name


def test_there_are_forty_twins_and_more_each_with_a_name_and_a_reason_of_its_own() -> None:
    assert len(BY_NAME) == len(TWINS) >= 40
    assert len({twin.says for twin in TWINS}) == len(TWINS)
    assert all(twin.because for twin in TWINS)


@pytest.mark.parametrize("twin", [each for each in TWINS if each.unsurvived], ids=lambda twin: twin.name)
def test_what_clients_do_not_survive_of_a_twin_is_seen_at_some_gateway(twin: Twin) -> None:
    gateways = (provider for provider in PROVIDERS.values() if applies(twin, provider))
    seen = {name for each in gateways for name in perform(twin, each).trial.accused_by(Lens.CLIENTS)}

    assert seen == twin.unsurvived


def test_every_twin_is_a_gateway_of_some_provider() -> None:
    assert {twin for twin, _ in GATEWAYS} == set(BY_NAME)


def coded(accepted: str, name: str) -> Answer:
    """What a gateway that codes bodies by *name* answers to a client that accepts *accepted*."""
    coder = {"br": coding.brotli, "gzip": coding.whole, "X-GZip": coding.described}[name]
    stage = Stage(PROVIDERS["dimilinks"], Random(0), Clock(), lambda _: pytest.fail("no other catalogue is needed"))
    plain = Answer(200, (("ETag", '"a"'),), b"{}" * 50)
    return coding.coded(name, coder)(lambda _: plain, stage)(Call("GET", "/", (("Accept-Encoding", accepted),)))


def test_a_coding_is_for_clients_that_accept_it_and_weakens_the_tag() -> None:
    assert coded("gzip, br;q=0.9", "br").field("Content-Encoding") == "br"
    assert coded("gzip, br;q=0.9", "br").field("ETag") == 'W/"a"'
    assert coded("gzip", "br").field("Content-Encoding") is None


@pytest.mark.parametrize("name", ["gzip", "X-GZip"])
def test_a_compressed_body_is_gzip(name: str) -> None:
    assert gzip.decompress(coded("gzip", name).body) == b"{}" * 50


def test_the_table_has_a_line_for_each_twin_and_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--twin", "pretty", "--twin", "caching", "--seeds", "2", "--jobs", "1"]) == 0

    heading, pretty, caching, total = capsys.readouterr().out.splitlines()
    assert heading.split()[:4] == ["twin", "gateways", "trials", "requests"]
    assert pretty.split()[:3] == ["pretty", str(len(PROVIDERS)), str(2 * len(PROVIDERS))]
    assert caching.split()[:3] == ["caching", "1", "2"]
    assert total.startswith(f"2 twins, 2 seeds, {2 * len(PROVIDERS) + 2} trials, ")
    assert total.endswith("; accused: nobody")


def test_ctrl_c_leaves_the_table_of_what_was_judged(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(wanted: Sequence[series.Task], jobs: int) -> Generator[dict[str, series.Row], None, None]:
        yield from itertools.islice(series.judged(wanted, jobs), len(PROVIDERS))
        raise KeyboardInterrupt

    monkeypatch.setattr("proof.twins.__main__.judged", interrupted)

    assert main(["--twin", "pretty", "--seeds", "3", "--first-seed", "7", "--jobs", "1"]) == 130

    said = capsys.readouterr()
    assert said.out.splitlines()[1].split()[:3] == ["pretty", str(len(PROVIDERS)), str(len(PROVIDERS))]
    assert said.err == "interrupted; --first-seed 8 --seeds 2 goes on\n"


@pytest.mark.parametrize("arguments", [["--seeds", "0"], ["--twin", "caching", "--provider", "zenmux"]])
def test_nothing_to_try_is_one_sentence(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("there is nothing to try; expected ")


@pytest.mark.parametrize("seed", [5, 20])
def test_an_outage_that_is_met_by_a_request_for_several_things_at_once_is_nobodys_breach(seed: int) -> None:
    performance = perform(BY_NAME["unavailable-once"], PROVIDERS["aihubmix"], seed=seed)

    assert performance.accused == ()
    assert performance.unusual


@pytest.mark.parametrize("seed", [27, 70])
def test_a_catalogue_that_shrinks_is_judged_also_where_the_budget_has_no_room_to_ask_anew(seed: int) -> None:
    performance = perform(BY_NAME["shrinking"], PROVIDERS["aihubmix"], seed=seed)

    assert performance.accused == ()
    assert [each.requirement.id for each in performance.trial.findings if each.outcome is Outcome.INCONCLUSIVE] == []
