"""``gateway-contracts check``: the suite, as ``pytest conformance`` runs it, whatever pytest is told of the folder it is in."""

from __future__ import annotations

import argparse
import os
from collections.abc import Generator, Sequence
from contextlib import redirect_stdout
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from conformance import contract, options
from conformance.rerun import Command
from gateway_contracts.screen import Screen
from gateway_contracts.usage import UsageError

ISOLATED = (
    "-c",
    os.devnull,
    "--disable-plugin-autoload",
    "-p",
    "conformance.plugin",
    "-p",
    "no:cacheprovider",
    "--capture=sys",
    "--no-header",
)
"""No configuration and no plugin of the project that this is started in: neither is meant for judging a gateway.

Nor a header that tells of both, nor a temporary file for what is printed meanwhile: where the file system is read-only, there
is no place for one.
"""

EPILOG = """\
What it prints, its exit code and its options are those of `pytest conformance`; other options of pytest may be given as well,
but for those of its cache, such as --lf, which is off.
The gateway is named by its URL or by --target: gateway-contracts check https://gateway.example/v1
"""


class OneSentence:
    """A plugin of pytest that says in one sentence why options cannot be used, without pytest's own usage."""

    @pytest.hookimpl(wrapper=True)
    def pytest_cmdline_parse(self) -> Generator[None, pytest.Config, pytest.Config]:
        """Has the options read. Raises pytest.UsageError."""
        try:
            return (yield)
        except pytest.UsageError as error:
            _, told, reason = str(error).partition("error: ")
            raise pytest.UsageError(f"{reason.splitlines()[0]}; --help shows the options" if told else str(error)) from None


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of the suite, and those of pytest that matter here."""
    parser.usage = "gateway-contracts check [URL] [options]"
    parser.epilog = EPILOG
    parser.set_defaults(passes_on=True)
    options.add(parser.add_argument_group("gateway conformance").add_argument)
    add = parser.add_argument_group("pytest").add_argument
    add("--strict", action="store_true", help="a broken SHOULD fails as well")
    add("--junitxml", type=Path, metavar="FILE", help="write the findings as JUnit XML")
    add("-k", metavar="EXPRESSION", help="only requirements whose ids fit, such as 'ID or CLIENT'")
    add("-x", "--exitfirst", action="store_true", help="stop at the first failure")
    add("-q", "--quiet", action="count", help="say less")
    add("-v", "--verbose", action="count", help="say more: a line for each requirement")
    add("--collect-only", "--co", action="store_true", help="list the requirements, and judge none")
    add = parser.add_argument_group("this command").add_argument
    add("--json", action="store_true", help="print the report as JSON, and all else on stderr")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Has pytest judge the gateway. Raises UsageError for words that are no options and do not name one gateway."""
    screen.out.flush()  # pytest prints by itself
    words = _words(options)
    return _with_json(options, words, screen) if options.json else _judged(words)


def _words(options: argparse.Namespace) -> Sequence[str]:
    """The words for pytest: those that were given, and the gateway's URL, wherever it stands, as --target."""
    words: list[str] = list(options.arguments)
    # An option of pytest that this command does not know may have the word behind it for its value.
    valued = {word for option, word in pairwise(words) if option in options.unknown and option.startswith("-")}
    urls = [each for each in options.unknown if "://" in each and not each.startswith("-")]
    for each in options.unknown:
        if not each.startswith("-") and each not in valued and each not in urls:
            raise UsageError(f"found {each!r}, expected the URL of a gateway, such as https://gateway.example/v1")
    if len(urls) > 1:
        raise UsageError("found several URLs, expected that of one gateway; --targets FILE judges several")
    for url in urls:  # which is not repeated: somebody may have put a key into it
        for name, given in (("--target", options.target), ("--targets", options.targets), ("--replay", options.replay)):
            if given is not None:
                raise UsageError(f"the URL and {name} contradict each other, as both say what is judged; give one of them")
        words.insert(words.index(url), "--target")
    if options.collect_only and not (options.quiet or options.verbose):
        words.append("-q")  # a list of requirements, and not the folders that they are in
    return words


def _judged(words: Sequence[str]) -> int:
    own = [contract.__file__, *ISOLATED, "--rootdir", str(Path.cwd())]
    return int(pytest.main([*own, *words], plugins=[Command(("gateway-contracts", "check")), OneSentence()]))


def _with_json(options: argparse.Namespace, words: Sequence[str], screen: Screen) -> int:
    """Judges, and prints the report in place of what pytest says; where there is none, nothing."""
    if options.report_json is not None:
        raise UsageError("--json prints what --report-json writes; give one of them")
    if options.plan:
        raise UsageError("--json and --plan contradict each other, as --plan judges nothing; give one of them")
    with TemporaryDirectory() as folder, redirect_stdout(screen.err):
        report = Path(folder, "report.json")
        code = _judged([*(each for each in words if each != "--json"), "--report-json", str(report)])
        text = report.read_text(encoding="utf-8") if report.exists() else ""
    screen.out.write(text)
    return code
