"""The command that judges one requirement again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from conformance.connection import DIRECT, Connection
from conformance.finding import Finding, Outcome
from conformance.plan import BURSTS
from conformance.target import Target
from specs.requirement import Level

PYTEST = ("pytest", "conformance")
ELSEWHERE = ("pytest", "--pyargs", "conformance")


@dataclass(frozen=True)
class Command:
    """A pytest plugin that says by which *words* the suite was started, where those were not pytest's own."""

    words: tuple[str, ...]


def started_by(config: pytest.Config) -> tuple[str, ...]:
    """The words by which the suite can be started again as it was."""
    for plugin in config.pluginmanager.get_plugins():
        if isinstance(plugin, Command):
            return plugin.words
    return ELSEWHERE if config.option.pyargs else PYTEST


def rerun(
    finding: Finding, target: Target, key_env: str, connection: Connection = DIRECT, command: Sequence[str] = PYTEST
) -> str:
    """One command that judges the requirement again."""
    words = [*command, "--target", target.root, "--provider", target.provider.id]
    if target.listed:
        words = [*command, "--targets", target.listed]
    elif key_env != "GATEWAY_API_KEY":
        words += ["--api-key-env", key_env]
    requirement = finding.requirement
    if requirement.check.name in BURSTS:
        words.append("--probe-rate-limit")
    if requirement.check.name == "method":
        words += ["--allow-methods", "POST"]
    if finding.outcome is Outcome.FAIL and requirement.level is not Level.MUST:
        words.append("--strict")
    named = f"{target.name}/{requirement.id}" if target.listed else requirement.id
    return " ".join([shlex.join(words), *connection.words(), "-k", named])
