"""The command as a user starts it: what it prints, and what it exits with."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

import specs
from gateway_contracts.command import COMMANDS, Command, main
from gateway_contracts.completion import SHELLS
from gateway_contracts.exit_code import ExitCode
from gateway_contracts.screen import Screen

CHECKOUT = Path(__file__).parents[2]
SHIPPED = specs.load_all()
ID = next(iter(SHIPPED.values())).requirements[0].id


def said(*arguments: str) -> tuple[int, str, str]:
    """The exit code of the command, and what it prints on stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    code = main(arguments, Screen(out, err))
    return code, out.getvalue(), err.getvalue()


def test_without_a_command_it_tells_every_command_and_every_exit_code() -> None:
    code, out, err = said()

    assert (code, err) == (0, "")
    assert all(f"\n  {each.name} " in out for each in COMMANDS)
    assert all(f"\n  {code.value}  " in out for code in ExitCode)


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"]])
def test_help_in_any_spelling_is_the_same(words: list[str]) -> None:
    assert said(*words) == said()


def test_the_version_is_that_of_the_project() -> None:
    assert said("--version") == (0, f"gateway-contracts {specs.VERSION}\n", "")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
def test_every_command_has_help_that_begins_with_its_usage(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command.name, "--help"])

    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: gateway-contracts {command.name} ")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["frobnicate"], "found 'frobnicate', expected mock, check, "),
        (["explain"], "the following arguments are required: ID"),
        (["explain", "--nonsense", ID], "found '--nonsense', which is none of its options"),
        (["mock", "--port", "no"], "'no' is no port, expected 0 to 65535"),
        (["check", "--depth", "abyss"], "invalid choice: 'abyss'"),
        (["completion", "cmd"], "invalid choice: 'cmd'"),
        (["completion", "fish"], "invalid choice: 'fish'"),
    ],
)
def test_words_that_cannot_be_used_end_with_4_and_one_line(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    error = capsys.readouterr().err
    assert ended.value.code == 4
    assert sentence in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["explain", "NOPE"], "no contract has the requirement 'NOPE'"),
        (["explain", ID, "--providers", "/nowhere/at/all"], "/nowhere/at/all"),
        (["explain", ID, "--fixtures", "/nowhere/at/all"], "--fixtures /nowhere/at/all is no folder; expected one that holds"),
        (["explain", ID, "--provider", "nobody"], "--provider 'nobody' is unknown; expected one of "),
        (["providers", "nobody"], "no contract is called 'nobody'; expected one of "),
        (["providers", "--providers", "/nowhere/at/all"], "/nowhere/at/all"),
        (
            ["record", "ftp://h/zenmux"],
            "record: the URL 'ftp://h/zenmux' is not a URL of http or https; expected one such as https://",
        ),
        (["record", "http://u:p@h/v1"], "record: the URL must not have a query, a fragment or credentials; "),
        (["record", "http://h"], f"add --provider with one of {', '.join(SHIPPED)}; --provider "),
        (["record", "http://h", "--provider", "x"], f"--provider 'x' is unknown; expected one of {', '.join(SHIPPED)}\n"),
        (
            ["drift", "http://h", "http://h"],
            "drift: the URL http://h does not tell which provider's contract applies; add --provider",
        ),
        (["new-provider", "A b"], "the name 'A b' cannot be a provider's"),
    ],
)
def test_what_cannot_be_found_ends_with_4_and_one_line(arguments: list[str], sentence: str) -> None:
    code, out, err = said(*arguments)

    assert (code, out, err.count("\n")) == (4, "", 1)
    assert sentence in err


def test_several_requirements_are_explained_one_after_the_other() -> None:
    code, out, _ = said("explain", ID.lower(), "CLIENT-ID-01")

    assert code == 0
    assert out.startswith(f"{ID} ")
    assert "\n\nCLIENT-ID-01 " in out


def test_a_requirement_is_explained_of_the_gateway_that_is_named() -> None:
    last = list(SHIPPED)[-1]

    assert f"  of        {SHIPPED[last].title}, " in said("explain", "CLIENT-ID-01", "--provider", last)[1]


@pytest.mark.parametrize("provider", SHIPPED.values(), ids=lambda each: each.id)
def test_every_requirement_can_be_had_as_json(provider: specs.Provider) -> None:
    ids = [each.id for each in provider.requirements]
    code, out, _ = said("explain", *ids, "--provider", provider.id, "--json")

    found = json.loads(out)
    assert code == 0
    assert [each["id"] for each in found] == ids
    assert sum(len(each["mutants"]) for each in found) == len(provider.mutants)


def test_the_list_of_gateways_has_a_line_for_each() -> None:
    code, out, _ = said("providers")

    lines = out.splitlines()
    assert code == 0
    assert [line.split()[0] for line in lines] == ["id", *SHIPPED]
    assert len({line.index(SHIPPED[line.split()[0]].title) for line in lines[1:]}) == 1


@pytest.mark.parametrize("provider", SHIPPED.values(), ids=lambda each: each.id)
def test_one_gateway_is_listed_with_its_operations_and_requirements(provider: specs.Provider) -> None:
    code, out, _ = said("providers", provider.id)

    assert code == 0
    assert all(f" {each.method} {each.path}" in out for each in provider.operations.values())
    assert all(f"\n{each.id} " in out for each in provider.requirements)


def test_gateways_as_json_are_what_the_table_shows() -> None:
    found = json.loads(said("providers", "--json")[1])

    assert [each["id"] for each in found] == list(SHIPPED)
    assert [each["title"] for each in found] == [each.title for each in SHIPPED.values()]


def test_the_contract_of_another_gateway_begins_where_it_is_wanted(tmp_path: Path) -> None:
    code, out, err = said("new-provider", "acme", "--into", str(tmp_path / "contracts"))

    assert (code, err) == (0, "")
    assert f"gateway-contracts mock --providers {tmp_path}/contracts/providers --fixtures {tmp_path}/contracts/fixtures" in out
    assert specs.load("acme", tmp_path / "contracts/providers", tmp_path / "contracts/fixtures").requirements
    assert said("providers", "acme", "--providers", str(tmp_path / "contracts/providers"))[0] == 0


def test_mutants_and_recordings_of_other_contracts_are_unknown_until_their_folder_is_named(tmp_path: Path) -> None:
    said("new-provider", "acme", "--into", str(tmp_path))
    contracts = ("--providers", str(tmp_path / "providers"))
    fixtures = (*contracts, "--fixtures", str(tmp_path / "fixtures"))
    acme = specs.load("acme", tmp_path / "providers", tmp_path / "fixtures")
    mutants, recordings = len(acme.mutants), len(acme.recordings)

    assert said("providers", *contracts)[1].split()[-2:] == ["unknown", "unknown"]
    assert said("providers", *fixtures)[1].split()[-2:] == [str(mutants), str(recordings)]
    for folders, expected in ((contracts, (None, None)), (fixtures, (mutants, recordings))):
        (found,) = json.loads(said("providers", "--json", *folders)[1])
        assert (found["mutants"], found["recordings"]) == expected


def test_what_breaks_a_requirement_of_another_contract_is_said_with_commands_that_find_it(tmp_path: Path) -> None:
    said("new-provider", "acme", "--into", str(tmp_path))
    contracts = ("--providers", str(tmp_path / "providers"))
    fixtures = ("--fixtures", str(tmp_path / "fixtures"))
    mutant = next(
        each for each in specs.load("acme", *map(Path, (contracts[1], fixtures[1]))).mutants if each.breaks == "ACM-ID-01"
    )

    without, whole = (said("explain", "ACM-ID-01", *folders)[1] for folders in (contracts, (*contracts, *fixtures)))

    assert "  mutants   unknown; --fixtures DIR names the folder that has them" in without
    assert json.loads(said("explain", "ACM-ID-01", "--json", *contracts)[1])[0]["mutants"] is None
    serving = f"gateway-contracts mock {' '.join(contracts)} {' '.join(fixtures)} --mutant {mutant.id}"
    judging = f"pytest conformance --target http://127.0.0.1:8080/acme {' '.join(contracts)} -k ACM-ID-01"
    assert f"try {serving} {judging}" in " ".join(whole.split())


def test_the_files_of_a_contract_that_begins_can_be_had_as_json(tmp_path: Path) -> None:
    found = json.loads(said("new-provider", "acme", "--into", str(tmp_path), "--json")[1])

    assert found["provider"] == "acme"
    assert {Path(each) for each in found["files"]} == {each for each in tmp_path.rglob("*") if each.is_file()}


def test_a_contract_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    said("new-provider", "acme", "--into", str(tmp_path))

    code, _, err = said("new-provider", "acme", "--into", str(tmp_path))
    assert (code, err.count("\n")) == (4, 1)


def test_what_a_gateway_says_does_not_move_the_cursor() -> None:
    out = io.StringIO()
    Screen(out, out).table(("a", "b"), [("\x1b[2J", "[bold]no markup[/bold]")])

    assert out.getvalue() == "a        b\n\\x1b[2J  [bold]no markup[/bold]\n"


def test_on_a_terminal_a_table_is_drawn_and_its_cells_are_taken_as_they_are() -> None:
    leader, follower = pty.openpty()
    with os.fdopen(follower, "w", encoding="utf-8") as terminal:
        Screen(terminal, terminal).table(("a", "b"), [("1", "[red]x")])
        terminal.flush()
        shown = os.read(leader, 4096).decode()
    os.close(leader)

    assert "[red]x" in shown
    assert "─" in shown


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_for_a_shell_is_one_that_it_can_read(shell: str) -> None:
    code, out, _ = said("completion", shell)

    assert code == 0
    assert all(each.name in out for each in COMMANDS)
    if shell == "bash":
        subprocess.run([shell, "-n"], input=out, text=True, check=True, timeout=20)


def test_bash_completes_commands_and_options() -> None:
    script = said("completion", "bash")[1]
    ask = "COMP_WORDS=(gateway-contracts {}); COMP_CWORD={}; {}; echo ${{COMPREPLY[@]}}"
    function = script.rpartition("complete ")[2].split("-F ")[1].split()[0]

    def completed(*words: str) -> list[str]:
        line = ask.format(" ".join(repr(word) for word in words), len(words), function)
        return subprocess.run(["bash"], input=f"{script}\n{line}", capture_output=True, text=True, check=True).stdout.split()

    assert "explain" in completed("ex")
    assert "--report-json" in completed("check", "--report")


def test_ctrl_c_ends_any_command_with_2_and_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("gateway_contracts.drift.run", interrupted)

    assert said("drift", "old.json", "new.json") == (2, "", "gateway-contracts drift: interrupted\n")


def test_a_reader_that_has_gone_is_no_error() -> None:
    reads, writes = os.pipe()
    os.close(reads)

    command = [sys.executable, "-m", "gateway_contracts", "explain", ID]
    done = subprocess.run(command, cwd=CHECKOUT, stdout=writes, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    os.close(writes)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("buffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("words", [("explain", ID), ("--help",), ("explain", "--help")], ids=" ".join)
def test_what_cannot_be_printed_is_one_sentence_and_exit_code_3(words: tuple[str, ...], buffered: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gateway_contracts", *words],
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONUNBUFFERED": buffered},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )

    assert (done.returncode, done.stderr) == (3, f"gateway-contracts {words[0]}: No space left on device\n")
