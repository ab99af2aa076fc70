"""``gateway-contracts drift``: what a side may be, what is asked of a gateway, and how it ends."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.run import World
from conformance.selftest import acme
from conformance.selftest.gateway import Answer, Asked, Gateway, Transport
from conformance.target import Target
from gateway_contracts import reaching
from gateway_contracts.changes import markdown, telling
from gateway_contracts.changes.change import Change, Comparison, Severity
from gateway_contracts.changes.telling import MOST_GROUPS
from gateway_contracts.command import COMMANDS, main
from gateway_contracts.drift import compared, sides
from gateway_contracts.drift.asking import Silent, ask
from gateway_contracts.drift.rules import RULES
from gateway_contracts.drift.sides import Side
from gateway_contracts.screen import Screen
from gateway_contracts.tests import shop
from gateway_contracts.tests.shop import SMALL, held, model
from mockserver.testing import running
from specs import formats

KEY = "sk-a-key-that-is-secret"
CHECKS = {"ACM-LIST-01": ("MUST", "listModels", "{schema: [/components/schemas/List]}")}
CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """A folder that has the contract of the shop alone."""
    return acme.folder(tmp_path, openapi=shop.OPENAPI, checks=CHECKS)


@pytest.fixture
def drift(contracts: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Runs the command with a key in the environment: exit code, stdout and stderr, none of which has the key."""
    monkeypatch.setenv("GATEWAY_API_KEY", KEY)

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        code = main(["drift", *map(str, arguments), "--providers", str(contracts)], Screen(out, err))
        assert KEY not in out.getvalue() + err.getvalue()
        return code, out.getvalue(), err.getvalue()

    return run


def recorded(
    folder: Path, items: Sequence[Any], *, label: str = "captured", operation: str = "listModels", **members: Any
) -> Path:
    """A recording of a list of *items*, in a folder as the fixtures are."""
    path = folder / "acme" / operation / f"{members.get('status', 200)}-{label}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    value = {"provenance": "synthetic", "source": "made for a test", "date": "2026-11-22", "status": 200, "headers": {}}
    path.write_text(json.dumps({**value, "body": {"data": list(items)}, **members}), encoding="utf-8")
    return path


def listing(items: Sequence[Any]) -> Callable[[Asked], Answer]:
    """A gateway that lists *items*, to those who have the key."""
    return lambda asked: acme.answer({"data": list(items)} if asked.header("Authorization") == f"Bearer {KEY}" else {}, 200)


# What a side may be


def test_two_recordings_are_compared(drift: Callable[..., Any], tmp_path: Path) -> None:
    old, new = recorded(tmp_path / "old", [SMALL, model()]), recorded(tmp_path / "new", [SMALL, model(context=100_000)])

    code, out, err = drift(old, new)

    assert (code, err) == (1, "")
    assert "breaking (1)\n  context-shrunk: context in listModels\n" in out
    assert "    shop/large-1: 200000 → 100000 tokens (-50 %)\n" in out
    assert out.endswith("\n1 breaking, 0 risky, 0 information\n")


def test_nothing_changes_from_a_recording_to_itself(drift: Callable[..., Any], tmp_path: Path) -> None:
    old = recorded(tmp_path, [SMALL, model()])

    code, out, _ = drift(old, old, "--fail-on", "information")

    assert code == 0
    assert out.endswith("  listModels: 2 before, 2 now\n\nno change\n")


@pytest.mark.parametrize("folder", ["old/acme", "old/acme/listModels"])
def test_a_folder_stands_for_what_is_served_by_default(drift: Callable[..., Any], tmp_path: Path, folder: str) -> None:
    recorded(tmp_path / "old", [SMALL], label="empty")
    used = recorded(tmp_path / "old", [SMALL, model()], default=True)
    recorded(tmp_path / "old", [], status=401)

    assert drift(tmp_path / folder, used)[0] == 0


def test_a_gateway_is_asked_for_its_plain_lists_alone(drift: Callable[..., Any], tmp_path: Path) -> None:
    old = recorded(tmp_path, [SMALL])
    with Gateway(listing([SMALL, model()])) as gateway:
        code, out, _ = drift(old, f"{gateway.url}/v1", "--provider", "acme")

    assert (code, [(each.method, each.target) for each in gateway.asked]) == (0, [("GET", "/v1/models"), ("GET", "/v1/plain")])
    assert "model-added: model in listModels" in out
    assert "note: listPlain is in http://" in out


def test_two_gateways_are_compared(drift: Callable[..., Any]) -> None:
    with Gateway(listing([SMALL, model()])) as old, Gateway(listing([SMALL])) as new:
        assert drift(old.url, new.url, "--provider", "acme")[0] == 1


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The URL of a mock, and a folder with the transcript and the report of a run over it."""
    folder = tmp_path_factory.mktemp("kept")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTEST_", "GATEWAY_"))}
    with running() as mock:
        url = f"{mock.url}/aihubmix"
        command = [sys.executable, "-m", "gateway_contracts", "check", url, "--depth", "quick", "-q"]
        command += ["--record", "transcript.json", "--report-json", "report.json"]
        environment |= {"PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, timeout=60)
        yield url, folder


@pytest.mark.parametrize("name", ["transcript.json", "report.json"])
def test_what_a_run_kept_is_compared_with_the_gateway(kept: tuple[str, Path], name: str) -> None:
    url, folder = kept
    out = io.StringIO()

    code = main(["drift", str(folder / name), url, "--fail-on", "information"], Screen(out, out))

    assert (code, out.getvalue().splitlines()[1:]) == (
        0,
        ["  listModelInfo: 5 before, 5 now", "  listModels: 1 before, 1 now", "", "no change"],
    )


def test_what_a_run_kept_is_compared_with_recordings(kept: tuple[str, Path]) -> None:
    _, folder = kept
    recordings = CHECKOUT / "fixtures/aihubmix/listModelInfo"
    out = io.StringIO()

    code = main(["drift", str(recordings / "200-empty.json"), str(folder / "report.json"), "--json"], Screen(out, out))

    value = json.loads(out.getvalue())
    formats.check(value, "changes", "stdout")
    assert (code, value["sizes"]) == (0, {"listModelInfo": {"old": 0, "new": 5}})
    assert len(value["notes"]) == 1


def test_a_report_has_every_list(kept: tuple[str, Path]) -> None:
    value = json.loads((kept[1] / "report.json").read_text(encoding="utf-8"))

    formats.check(value, "report", "report.json")
    assert [each["operation"] for each in value["runs"][0]["catalogues"]] == ["listModelInfo", "listModels"]


# What cannot be used


def test_what_is_no_side_is_a_sentence_and_4(drift: Callable[..., Any], tmp_path: Path) -> None:
    good = recorded(tmp_path, [SMALL])
    text, other, error = tmp_path / "text.json", tmp_path / "other.json", recorded(tmp_path / "e", [], status=404)
    text.write_text("{", encoding="utf-8")
    other.write_text("{}", encoding="utf-8")
    stray = recorded(tmp_path / "stray", [SMALL], operation="other")
    bare = recorded(tmp_path / "bare", [SMALL], body={"error": "none"})
    several = recorded(tmp_path / "several", [], label="a").parent
    recorded(tmp_path / "several", [], label="b")
    sides: dict[str | Path, str] = {
        "nowhere.json": "no such file or folder, expected a URL, a recording",
        "shop.example/v1": "a URL begins with https:// or http://",
        text: "found what is no JSON, expected one JSON value",
        other: "found JSON of another kind",
        error: "the recording of a 404; expected one of a 200",
        stray: "the folder 'other' is called after no list of acme, which has listModels, listPlain",
        bare: "no list of models in it: nothing stands at /data",
        several: "2 recordings of a 200, none of them by default; name one of the files",
        error.parent: "no recording of a 200 in it",
        "http://127.0.0.1:1/v1": "does not tell which provider's contract applies",
        "http://user:pass@127.0.0.1:1/v1": "must not have a query, a fragment or credentials",
    }
    for side, sentence in sides.items():
        code, out, err = drift(good, side)

        assert (code, out, err.count("\n")) == (4, "", 1), err
        assert sentence in err


def test_a_recording_in_another_folder_needs_its_provider(drift: Callable[..., Any], tmp_path: Path) -> None:
    old = recorded(tmp_path, [SMALL])
    moved = tmp_path / "moved/listModels/200-x.json"
    moved.parent.mkdir(parents=True)
    moved.write_bytes(old.read_bytes())

    assert "the folder 'moved' is called after no provider" in drift(old, moved)[2]
    assert drift(old, moved, "--provider", "acme")[0] == 0


def test_sides_of_different_providers_or_lists_are_not_compared(drift: Callable[..., Any], tmp_path: Path) -> None:
    one, other = recorded(tmp_path, [SMALL]), recorded(tmp_path, [SMALL], operation="listPlain")
    out = io.StringIO()
    fixtures = CHECKOUT / "fixtures"

    code, _, err = drift(one, other)
    assert code == 4
    assert "has listModels and " in err

    sides = [str(fixtures / "zenmux/listModels/200-empty.json"), str(fixtures / "openkey/listModels/200-empty.json")]
    assert main(["drift", *sides], Screen(out, out)) == 4
    assert "two sides of one provider can be compared" in out.getvalue()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (acme.answer({"error": "no"}, 401), "answered 401: the key in GATEWAY_API_KEY was refused"),
        (Answer(200, (("Content-Type", "text/html"),), b"<html>Sign in"), "with an HTML page instead of JSON"),
        (Answer(302, (("Location", "/login"),)), "a redirect to /login"),
        (acme.answer({"error": KEY}), "answered 200 without a list of models: nothing stands at /data"),
        (acme.answer({"error": "no"}, 418), "answered 418, expected 200 with a list of models"),
    ],
)
def test_a_gateway_that_gives_no_list_is_inconclusive(
    drift: Callable[..., Any], tmp_path: Path, answer: Answer, sentence: str
) -> None:
    with Gateway(lambda _: answer) as gateway:
        code, out, err = drift(recorded(tmp_path, [SMALL]), gateway.url, "--provider", "acme")

    assert (code, out, err.count("\n")) == (6, "", 1)
    assert sentence in err
    assert err.endswith("; nothing was compared\n")


@pytest.mark.parametrize(("status", "sentence"), [(429, "too many requests"), (503, "the gateway is out of order")])
def test_a_gateway_that_is_busy_or_out_of_order_is_inconclusive(contracts: Path, status: int, sentence: str) -> None:
    slept: list[float] = []
    world = World(clock=lambda: sum(slept), sleep=slept.append, transport=Transport(lambda _: Answer(status)))
    target = Target("https://shop.example", shop.provider())
    parser = COMMANDS[[each.name for each in COMMANDS].index("drift")].parser()
    options = parser.parse_args(["a", "b", "--provider", "acme", "--providers", str(contracts)])
    settings = reaching.reach(target.root, options, {})

    with pytest.raises(Silent, match=sentence):
        ask(target, settings, world)


def test_a_key_that_the_gateway_repeats_is_not_told(drift: Callable[..., Any], tmp_path: Path) -> None:
    odd = model(id=f"x-{KEY}", title=KEY, **{KEY: KEY})
    with Gateway(listing([SMALL, odd])) as gateway:
        for form in ([], ["--json"], ["--markdown"], ["--all"]):
            code, out, _ = drift(recorded(tmp_path, [SMALL]), gateway.url, "--provider", "acme", *form)

            assert (code, "…" in out or "\\u2026" in out) == (0, True)


def test_a_run_that_cannot_be_compared_is_a_sentence_and_4(
    drift: Callable[..., Any], kept: tuple[str, Path], tmp_path: Path
) -> None:
    good, (_, folder) = recorded(tmp_path, [SMALL]), kept
    report, transcript = (
        json.loads((folder / name).read_text(encoding="utf-8")) for name in ("report.json", "transcript.json")
    )
    run = report["runs"][0]
    bad = {**transcript["runs"][0], "provider": "acme", "bodies": [{"text": "{}"}] * 99}
    for asked in bad["asked"]:
        asked["request"]["operation"] = "listModels"
    for value, sentence in (
        (report | {"version": 1}, "/version: found version 1, expected version 2"),
        (report, "a run of 'aihubmix', which has no contract here; --providers names others"),
        (report | {"runs": [run, run]}, "2 runs to choose from; name the provider of one with --provider: aihubmix"),
        (report | {"runs": []}, "0 runs to choose from; name the provider of one with --provider: none at all"),
        (report | {"runs": [run | {"provider": "acme", "catalogues": []}]}, "the run got no list of models"),
        (transcript | {"runs": [bad]}, "no list of models in what listModels answered: nothing stands at /data"),
    ):
        path = tmp_path / "kept.json"
        path.write_text(json.dumps(value), encoding="utf-8")

        code, _, err = drift(good, path)

        assert (code, err.count("\n")) == (4, 1), err
        assert sentence in err


def test_a_folder_without_a_list_is_a_sentence_and_4(drift: Callable[..., Any], tmp_path: Path) -> None:
    code, _, err = drift(recorded(tmp_path, [SMALL]), recorded(tmp_path / "o", [], operation="other").parent)

    assert (code, err.endswith("no recording of a list of models in it\n")) == (4, True)


def test_a_file_of_more_than_can_be_read_is_refused(
    drift: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sides, "MOST_BYTES", 10)

    assert "found a larger file, expected at most 10 bytes" in drift(recorded(tmp_path, []), recorded(tmp_path, []))[2]


# How it is told


@pytest.mark.parametrize(("fail_on", "code"), [("breaking", 0), ("risky", 1), ("information", 1), ("never", 0)])
def test_it_fails_from_the_severity_on_that_is_asked_for(
    drift: Callable[..., Any], tmp_path: Path, fail_on: str, code: int
) -> None:
    old, new = recorded(tmp_path / "a", [model()]), recorded(tmp_path / "b", [model(leaves="soon")])

    assert drift(old, new, "--fail-on", fail_on)[0] == code


def test_what_is_long_is_bounded_unless_all_is_asked_for(drift: Callable[..., Any], tmp_path: Path) -> None:
    old, new = recorded(tmp_path / "a", [model(id=f"m{n}") for n in range(50)]), recorded(tmp_path / "b", [])

    assert "    … and 45 more\n" in drift(old, new)[1]
    assert all(f"    m{n}\n" in drift(old, new, "--all")[1] for n in (0, 49))
    assert "<br>… and 45 more |" in drift(old, new, "--markdown")[1]


def test_more_kinds_of_change_than_can_be_read_are_bounded_too() -> None:
    found = tuple(Change(rule, "listModels", "x", "a", "", "1", "2") for rule in RULES.values())
    comparison = Comparison("drift", "acme", "old", "new", found, ("One was not compared.",))
    more = sum(each.severity is Severity.BREAKING for each in RULES.values()) - MOST_GROUPS

    assert f"  … and {more} more kinds of change" in telling.lines(comparison)
    assert f"| breaking | | … and {more} more kinds of change | |" in markdown.lines(comparison)
    assert "more kinds" not in "".join([*telling.lines(comparison, whole=True), *markdown.lines(comparison, whole=True)])


def test_an_empty_id_is_told_as_the_empty_text_that_it_is() -> None:
    gone = Change(RULES["model-removed"], "listModels", "model", "", old="")
    renamed = Change(RULES["model-renamed"], "listModels", "model", "small", "", "", "small")

    assert telling.told(gone) == '""'
    assert telling.told(renamed) == 'small: ""'


def test_models_that_a_report_has_no_room_for_are_told() -> None:
    every = held(model(id=f"m{n}") for n in range(5))
    old, new = (Side(name, shop.provider(), {"listModels": each}) for name, each in (("old", every.first(2)), ("new", every)))

    assert compared(old, new).notes == ("old lacks the last 3 models of listModels, which were not compared",)


def test_markdown_shows_what_a_gateway_wrote_as_it_is(drift: Callable[..., Any], tmp_path: Path) -> None:
    odd = "a|b`c`<img src=x>[d](e)\n# f\u202e"
    old, new = recorded(tmp_path / "a", []), recorded(tmp_path / "b", [model(id=odd)])

    code, out, _ = drift(old, new, "--markdown")

    (row,) = [line for line in out.splitlines() if "model-added" in line]
    assert code == 0
    assert row.endswith(r"| a\|b\`c\`&lt;img src=x&gt;\[d\](e) #&#8203; f\\u202e |")


def test_json_is_of_its_format(drift: Callable[..., Any], tmp_path: Path) -> None:
    old, new = recorded(tmp_path / "a", [model()]), recorded(tmp_path / "b", [model(id="x/large-1", context=3)])

    code, out, _ = drift(old, new, "--json")

    value = json.loads(out)
    formats.check(value, "changes", "stdout")
    assert (code, value["fails"], value["counts"]) == (1, True, {"breaking": 2, "risky": 0, "information": 0})
    assert value["changes"][0] == {
        "rule": "context-shrunk",
        "at": "listModels",
        "what": "context",
        "subject": "x/large-1",
        "was": "shop/large-1",
        "old": "200000",
        "new": "3",
        "unit": "tokens",
        "percent": "-100.00",
        "sure": None,
    }
