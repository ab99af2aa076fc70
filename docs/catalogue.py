"""What the guide has from the data and the code: requirements with their quotations, faults, options and exit codes.

A Sphinx extension of directives, each of which writes Markdown that is read as if it stood in the page.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from string import punctuation

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import specs
from gateway_contracts.command import COMMANDS, PROGRAM
from gateway_contracts.exit_code import ExitCode
from mockserver.faults import FAULTS
from mockserver.faults.fault import Fault
from specs.provider import Provider
from specs.requirement import Lens, PageCitation, Requirement


class Written(SphinxDirective):
    """A directive that stands for the lines of Markdown that `lines` gives."""

    has_content = False

    def lines(self) -> Iterator[str]:
        """What is to be read in its place."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """The nodes of what is written, sections included."""
        return self.parse_text_to_nodes("\n".join(self.lines()), allow_section_headings=True)


class Requirements(Written):
    """Every requirement of every contract, each with its level, citations, check and mutants."""

    def lines(self) -> Iterator[str]:
        """A section for each gateway, then one for what clients need of all."""
        providers = list(specs.load_all().values())
        for provider in providers:
            yield from ("", f"## {provider.title}", "", _operations(provider), "")
            for requirement in provider.requirements:
                if requirement.lens is Lens.DOCUMENT:
                    yield from _requirement(provider, requirement)
        yield from ("", "## What clients need of each", "")
        for requirement in providers[0].requirements:
            if requirement.lens is Lens.CLIENTS:
                yield from _requirement(providers[0], requirement)


class Faults(Written):
    """Every fault of the mock, with its key and its parameters."""

    def lines(self) -> Iterator[str]:
        """A definition for each."""
        for fault in FAULTS.values():
            yield from _fault(fault)


class Options(Written):
    """Every command with each of its options."""

    def lines(self) -> Iterator[str]:
        """A section for each command."""
        for command in COMMANDS:
            yield from ("", f"## {command.name}", "", command.says, "")
            parser = command.parser()
            words = [_shown(action) for action in parser._actions if not action.option_strings]  # noqa: SLF001 - as below
            yield from (f"`{' '.join([PROGRAM, command.name, *words, '[options]'])}`", "")
            for action in parser._actions:  # noqa: SLF001 - argparse has no public way to list what it was given
                yield from _option(parser, action)


class ExitCodes(Written):
    """Every exit code and what it means."""

    def lines(self) -> Iterator[str]:
        """A table."""
        yield from ("| exit | name | means |", "|---|---|---|")
        for code in ExitCode:
            yield f"| {code.value} | {code.name.lower().replace('_', ' ')} | {_text(code.says)} |"


def _operations(provider: Provider) -> str:
    found = [f"`{each.method} {each.path}` (key: {each.authentication.value})" for each in provider.operations.values()]
    pages = [f"[{page.file}]({page.url})" if page.url else f"`{page.file}`" for page in provider.pages.values()]
    return f"{', '.join(found)}. Cited: {', '.join(pages) or 'standards and clients only'}. `{PROGRAM} providers {provider.id}`"


def _requirement(provider: Provider, requirement: Requirement) -> Iterator[str]:
    mutants = [each for each in provider.mutants if each.breaks == requirement.id]
    check = requirement.check
    yield from (
        f"({requirement.id.lower()})=",
        f"### {requirement.id}",
        "",
        f"**{requirement.level.value}** {_text(requirement.says)}",
        "",
    )
    if requirement.because:
        yield from (_text(requirement.because), "")
    for citation in requirement.citations:
        if isinstance(citation, PageCitation):
            lines = str(citation.first) if citation.first == citation.last else f"{citation.first}-{citation.last}"
            yield from (f"> {_text(citation.quote)}  ", f"> *{_text(citation.page.file)}, line {lines}*", "")
        else:
            yield from (f"> {_text(str(citation))}", "")
    held = ", ".join(f"`{place}`" for place in check.places) if check.places else f"{check.kind} `{check.name}`"
    yield from (f"Checked by {held}. Mutants: {', '.join(f'`{each.id}`' for each in mutants)}.", "")


def _fault(fault: Fault) -> Iterator[str]:
    scope = " and ".join(f"{each.value}s" for each in fault.applies)
    yield from (f"`{fault.name}`", f": {_text(fault.says)} Applies to {scope}. By key: `sk-mock-{fault.key}`.")
    for parameter in fault.parameters:
        default = f" ({parameter.default})" if parameter.default else ""
        yield from ("", f"  - `{parameter.name}=` {_text(parameter.says)}{default}")
    yield ""


def _option(parser: argparse.ArgumentParser, action: argparse.Action) -> Iterator[str]:
    shown = (
        action.metavar if isinstance(action.metavar, str) else "|".join(map(str, action.choices or ())) or action.dest.upper()
    )
    takes = "" if action.nargs == 0 or not action.option_strings else f" {shown}"
    names = [f"`{name}{takes}`" for name in action.option_strings] or [f"`{shown}`"]
    says = parser._get_formatter()._expand_help(action) if action.help else ""  # noqa: SLF001 - what --help prints is to be printed
    yield from (", ".join(names), f": {_text(says)}", "")


def _shown(action: argparse.Action) -> str:
    """What stands for the value of *action*."""
    choices = "|".join(map(str, action.choices or ()))
    return action.metavar if isinstance(action.metavar, str) else choices or action.dest.upper()


def _text(words: str) -> str:
    """*words* as Markdown shows them: nothing in them is a mark."""
    return "".join(f"\\{each}" if each in punctuation else each for each in " ".join(words.split()))


def setup(app: Sphinx) -> dict[str, bool]:
    """Adds the directives."""
    app.add_directive("requirements", Requirements)
    app.add_directive("faults", Faults)
    app.add_directive("options", Options)
    app.add_directive("exit-codes", ExitCodes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
