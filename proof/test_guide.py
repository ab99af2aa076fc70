"""What docs/mock.md and the README show of sessions is what happens."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Callable
from itertools import product
from pathlib import Path

import yaml

from mockserver import key_file
from mockserver.tests import test_example
from proof.conftest import CHECKOUT

GUIDE = (CHECKOUT / "docs/mock.md").read_text(encoding="utf-8")
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (curl .*)\n(.*)$", GUIDE, re.MULTILINE)
MADE = COMMANDS[0]
SEQUENCE = re.findall(r"\| `sequences` \| `(.*?)` \|", GUIDE)[0]


def curl(command: str, url: str, session: str) -> str:
    """What the *command* of the guide says, for the mock at *url* and *session*."""
    arguments = shlex.split(
        command.replace("http://127.0.0.1:8080", url).replace("X-Mock-Session: ID", f"X-Mock-Session: {session}")
    )
    return subprocess.run(arguments, capture_output=True, text=True, timeout=30, check=True).stdout


def block(text: str, language: str) -> str:
    return text.partition(f"```{language}\n")[2].partition("```")[0]


def test_every_command_of_the_guide_says_what_is_shown(mock: Callable[..., str]) -> None:
    url = mock()
    made = curl(MADE[0], url, "")
    own = json.loads(made)["id"]
    settings = f'{{"sequences": {SEQUENCE}}}'
    resource = f"http://127.0.0.1:8080/__mock/sessions/{own}"
    curl(f"curl -s -X PATCH {resource} -H 'Content-Type: application/json' -d '{settings}'", url, own)
    for _ in range(3):
        curl("curl -s http://127.0.0.1:8080/zenmux/api/v1/models -H 'X-Mock-Session: ID'", url, own)

    said = [made, *(curl(command, url, own) for command, _ in COMMANDS[1:])]

    assert [as_shown(each, url, own) for each in said] == [text for _, text in COMMANDS]


def as_shown(said: str, url: str, session: str) -> str:
    said = said.replace(url, "http://127.0.0.1:8080").replace(session, "ID")
    return re.sub(r'"offset_s":[-0-9.e]+', '"offset_s":OFFSET', said)


def test_each_setting_in_the_table_is_accepted(mock: Callable[..., str]) -> None:
    url = mock()
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \| (`.*`) \|", GUIDE.partition("### Sequences")[0], re.MULTILINE)
    assert len(rows) > 5

    for names, examples in rows:
        settings, values = re.findall("`(.*?)`", names), re.findall("`(.*?)`", examples)
        pairs = zip(settings, values, strict=True) if len(settings) == len(values) else product(settings[:1], values)
        for name, example in pairs:
            made = session(f'{{"{name}": {example}}}', url)
            assert "api_key" in json.loads(made), made


def test_the_sequence_of_catalogues_is_accepted(mock: Callable[..., str]) -> None:
    made = session(block(GUIDE, "json"), mock())

    assert "api_key" in json.loads(made), made


def session(settings: str, url: str) -> str:
    """What the mock at *url* answers to one who wants a session with these *settings*."""
    sending = f"-H 'Content-Type: application/json' -d {shlex.quote(settings)}"
    return curl(f"curl -s -X POST http://127.0.0.1:8080/__mock/sessions {sending}", url, "")


def test_the_key_table_is_one(tmp_path: Path) -> None:
    file = tmp_path / "keys.yaml"
    file.write_text(block(GUIDE, "yaml"), encoding="utf-8")

    assert len(key_file.load(file).keys) == len(yaml.safe_load(block(GUIDE, "yaml"))["keys"])


def test_the_example_is_the_one_that_runs_as_a_test() -> None:
    runs = Path(test_example.__file__).read_text(encoding="utf-8")
    shown = block(GUIDE, "python")
    body = shown[shown.index("def test_") :]

    assert body in runs
    assert block(README, "python") == shown
