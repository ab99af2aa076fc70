"""What official SDKs make of answers, and that the suite warns of just those that they do not survive.

Everything is asked over a socket: openai-python and openai-node are given the same answers as the suite.
"""

from __future__ import annotations

import json
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from hypothesis import strategies as st
from openai.types import Model

import specs
from conformance.choices import Choices
from conformance.clients import RULES
from conformance.message import Exchange, Request, Response
from mockserver.testing import listening
from proof.clients import CASES
from proof.clients.case import BACKOFF, NO_MODEL, Case, Made, Served, served
from proof.clients.gateway import Gateways, Place
from proof.conftest import CHECKOUT, SDK_FOLDER
from proof.trial import judged
from specs.provider import Provider
from specs.requirement import Lens, SourceCitation

PLAIN = specs.load("plain", Path(__file__).with_name("clients") / "contracts", None)
KEY = "sk-good"
UNUSED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nothing is encrypted, and reading authorities takes its time


@dataclass(frozen=True)
class Tried:
    """One answer of a case, what the two SDKs are expected to make of it, and whether it keeps the case's rule."""

    case: Case
    answer: Served
    python: Made
    node: Made
    sound: bool
    asks: str

    @property
    def name(self) -> str:
        return f"{self.case.rule}/{self.case.says}{' (sound)' if self.sound else ''}"


def tried(case: Case) -> Iterator[Tried]:
    yield Tried(case, case.broken, case.python, case.node, sound=False, asks=case.asks)
    for answer, made in case.sound:
        yield Tried(case, answer, made, made, sound=True, asks=case.asks_else)


TRIED = [each for case in CASES for each in tried(case)]
NUMBERS = pytest.mark.parametrize("number", range(len(TRIED)), ids=[each.name for each in TRIED])


@dataclass(frozen=True)
class Listening:
    """All gateways, at *url* and a number each."""

    url: str
    requests: Counter[int]


@pytest.fixture(scope="module")
def gateways() -> Iterator[Listening]:
    app = Gateways([Place(each.case.at, each.answer) for each in TRIED])
    with listening(app) as url:
        yield Listening(url, app.requests)


def made(found: Mapping[str, Any], requests: int) -> Made:
    """What an SDK made of an answer, with its waits told apart from its own backoff."""
    own = len(found["waits"]) == 2 and 0.37 < found["waits"][0] <= 0.5 and 0.74 < found["waits"][1] <= 1.0
    waits = BACKOFF if own else tuple(round(wait, 2) for wait in found["waits"])
    fields = {name: value for name, value in found.items() if name != "waits"}
    return Made(**fields, requests=requests, waits=waits)


def by_python(call: str, url: str, key: str, model: str, waits: list[float]) -> dict[str, Any]:
    """What openai-python gives or raises."""
    waits.clear()
    with openai.DefaultHttpxClient(verify=UNUSED) as http, openai.OpenAI(base_url=url, api_key=key, http_client=http) as sdk:
        try:
            if call == "list":
                models: list[Any] = list(sdk.models.list())
                given: Any = [each.id if isinstance(each, Model) else {NO_MODEL: each} for each in models]
            else:
                found: Any = sdk.models.retrieve(model)
                given = found.id if isinstance(found, Model) else found
        except openai.APIStatusError as error:
            told = error.message.removeprefix(f"Error code: {error.status_code}").removeprefix(" - ")
            return {"raised": type(error).__name__, "told": told, "code": error.code, "waits": waits}
        except (openai.OpenAIError, ValueError, AttributeError) as error:
            return {"raised": type(error).__name__, "waits": waits}
    return {"given": given, "waits": waits}


def run(node: str, calls: Sequence[tuple[str, str, str, str]]) -> list[dict[str, Any]]:
    """What openai-node gives or raises for each of *calls*: (url, call, key, model)."""
    asked = [dict(zip(("url", "call", "key", "model"), call, strict=True)) for call in calls]
    done = subprocess.run(
        [node, "clients.js"], cwd=SDK_FOLDER, input=json.dumps(asked), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@NUMBERS
def test_openai_python_makes_of_it_what_the_table_says(
    number: int, gateways: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    gateways.requests.clear()
    each = TRIED[number]

    found = by_python(each.case.call, f"{gateways.url}/{number}/v1", each.case.key, each.asks, waits)

    assert made(found, gateways.requests[number]) == each.python


@pytest.fixture(scope="module")
def by_node(node: str, gateways: Listening) -> Sequence[Made]:
    """What openai-node made of every answer, by one process."""
    gateways.requests.clear()
    calls = [(f"{gateways.url}/{number}/v1", each.case.call, each.case.key, each.asks) for number, each in enumerate(TRIED)]
    return [made(found, gateways.requests[number]) for number, found in enumerate(run(node, calls))]


@NUMBERS
def test_openai_node_makes_of_it_what_the_table_says(number: int, by_node: Sequence[Made]) -> None:
    assert by_node[number] == TRIED[number].node


@NUMBERS
def test_the_suite_warns_of_the_broken_answer_by_its_rule_and_of_no_sound_one(number: int, gateways: Listening) -> None:
    with httpx2.HTTPTransport(verify=UNUSED) as transport:
        found = judged(PLAIN, transport, root=f"{gateways.url}/{number}", key=KEY)

    assert found.refusal == ""
    assert found.accused_by(Lens.CLIENTS) == (() if TRIED[number].sound else (TRIED[number].case.rule,))


FORMS = (
    *("0", "0.0", "-0", "0.5", "1", "1.", ".5", "+5", "1e1", "1E1", "1e3", "60", "60.1", "61", "120", "121", "-1", "1s", "1m"),
    *("inf", "nan", "Infinity", "1_0", "0x10", "30, 60", "5;x", "5 5", "9" * 20, "9" * 400, "1e400", "1e-400", "soon", "--1"),
    *("2026-11-22T05:00:00Z", "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015"),
)
DRAWN = Choices(7).draw(
    st.from_regex(r"[+-]?[0-9]{0,3}[.]?[0-9]{0,2}(e[0-9])?s?", fullmatch=True).filter(lambda text: text not in ("", *FORMS)), 40
)
AHEAD_S = (20, 50, 90, 300)


def wait(found: Made) -> float:
    """The seconds that an SDK was asked for and waited before it asked twice more; 0 for any other conduct."""
    return found.waits[0] if found.requests == 3 and isinstance(found.waits, tuple) else 0.0


def is_obeyed(form: str, one: Made, other: Made) -> bool:
    """Whether both waited, and as long; dates come nearer meanwhile."""
    return wait(one) > 0 and wait(other) > 0 and abs(wait(one) - wait(other)) < (AHEAD_S[0] if "GMT" in form else 0.01)


def test_a_retry_after_is_no_violation_just_when_both_sdks_wait_as_long(node: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    dates = (now + timedelta(seconds=seconds) for seconds in AHEAD_S)
    forms = (*FORMS, *DRAWN, *(format_datetime(each, usegmt=True) for each in dates))
    answers = [served({}, 429, Retry_After=form) for form in forms]
    app = Gateways([Place("list", each) for each in answers])
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)

    with listening(app) as url:
        python, javascript = [], []
        for number in range(len(forms)):
            found = by_python("list", f"{url}/{number}/v1", KEY, "", waits)
            python.append(made(found, app.requests[number]))
        app.requests.clear()
        for number, each in enumerate(run(node, [(f"{url}/{number}/v1", "list", KEY, "") for number in range(len(forms))])):
            javascript.append(made(each, app.requests[number]))

    kept = set()
    for form in forms:
        fields = (("Retry-After", form), ("Date", format_datetime(now, usegmt=True)))
        asked = Exchange(Request("listModels"), Request("listModels"), url, Response(429, fields, b"{}"))
        kept |= set() if any(RULES["retry-after"].violations(asked)) else {form}
    assert kept == {form for form, one, other in zip(forms, python, javascript, strict=True) if is_obeyed(form, one, other)}


def test_every_requirement_of_the_clients_has_a_broken_answer_and_a_sound_one() -> None:
    family = {each.id for each in PLAIN.requirements if each.lens is Lens.CLIENTS}

    assert {case.rule for case in CASES} == family
    assert {case.rule for case in CASES if case.sound} == family


def test_the_table_of_the_documentation_has_what_was_tried_and_nothing_else() -> None:
    page = (CHECKOUT / "docs" / "conformance.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| CLIENT-")]

    assert rows == [f"| {case.rule} | {case.says} | {case.python.words} | {case.node.words} |" for case in CASES]


def sources(provider: Provider) -> set[SourceCitation]:
    return {each for _, each in provider.citations() if isinstance(each, SourceCitation)}


def test_what_is_cited_of_openai_python_stands_in_the_version_that_is_tried() -> None:
    cited = [each for each in sources(PLAIN) if each.package == "openai-python"]

    assert {each.version for each in cited} == {openai.__version__}
    for each in cited:
        assert each.at in (Path(openai.__file__).parent / each.file).read_text(encoding="utf-8"), str(each)


@pytest.mark.usefixtures("node")
def test_what_is_cited_of_openai_node_stands_in_the_version_that_is_tried() -> None:
    cited = [each for each in sources(PLAIN) if each.package == "openai-node"]
    installed = SDK_FOLDER / "node_modules/openai"

    assert {each.version for each in cited} == {json.loads((installed / "package.json").read_bytes())["version"]}
    for each in cited:
        assert each.at in (installed / each.file).read_text(encoding="utf-8"), str(each)
