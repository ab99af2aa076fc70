"""A runner of GitHub Actions for the files here: it runs each shell step as GitHub's does, in order, with what GitHub sets.

Of the actions of others it does what matters to what is around them; one that it does not know it refuses.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gate.tests.expression import filled, runs

SHELLS = {"bash": ("bash", "--noprofile", "--norc", "-eo", "pipefail"), None: ("bash", "-e")}
"""How GitHub calls the shell that a step names, and the one of a step in a workflow that names none."""

PINNED = re.compile(r"(?P<action>actions/(?:checkout|setup-python|upload-artifact))@[0-9a-f]{40}")
LIMIT_S = 120


@dataclass
class Done:
    """What a job or an action came to: whether it *failed*, the *outputs* of its steps, what was printed and kept."""

    failed: bool = False
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    printed: str = ""
    summary: str = ""
    kept: dict[str, list[str]] = field(default_factory=dict)

    @property
    def contexts(self) -> dict[str, Any]:
        """What later steps can name of it."""
        return {"steps": {name: {"outputs": each} for name, each in self.outputs.items()}, "failed": self.failed}


@dataclass(frozen=True)
class Runner:
    """A machine: *workspace* is the checkout, *temp* the folder for what lasts as long as a job, *path* its programs."""

    workspace: Path
    temp: Path
    path: str
    contexts: Mapping[str, Any] = field(default_factory=dict)

    def action(self, folder: Path, inputs: Mapping[str, str], variables: Mapping[str, str] | None = None) -> Done:
        """Runs the composite action in *folder* with *inputs*, where ``variables`` are set."""
        declared = yaml.safe_load((folder / "action.yml").read_text(encoding="utf-8"))
        if unknown := set(inputs) - set(declared["inputs"]):
            raise ValueError(f"the action has no input {', '.join(sorted(unknown))}")
        given = {name: inputs.get(name, each.get("default", "")) for name, each in declared["inputs"].items()}
        base = dict(variables or {}) | {"GITHUB_ACTION_PATH": str(folder)}
        done = self._steps(declared["runs"]["steps"], {"inputs": given}, base, composite=True)
        final = {"inputs": given, **done.contexts}
        done.outputs["action"] = {name: filled(each["value"], final) for name, each in declared["outputs"].items()}
        return done

    def job(self, file: str, name: str, contexts: Mapping[str, Any] | None = None, **instead: str) -> Done | None:
        """Runs the job *name* of a workflow; None where its ``if`` says no. *instead* are variables with another value."""
        job = yaml.safe_load((self.workspace / file).read_text(encoding="utf-8"))["jobs"][name]
        if unknown := set(instead) - set(job.get("env", {})):
            raise ValueError(f"the job has no variable {', '.join(sorted(unknown))}")
        variables = {**job.get("env", {}), **instead}
        known = {**(contexts or {}), "env": variables}
        if not runs(job.get("if"), {**self.contexts, **known, "failed": False}):
            return None
        return self._steps(job["steps"], known, variables, composite=False)

    def _steps(
        self, steps: list[dict[str, Any]], contexts: Mapping[str, Any], variables: Mapping[str, str], *, composite: bool
    ) -> Done:
        done = Done()
        for step in steps:
            known = {**self.contexts, **contexts, **done.contexts}
            if not runs(step.get("if"), known):
                continue
            more = {name: filled(str(each), known) for name, each in step.get("env", {}).items()}
            if "uses" in step:
                given = {name: filled(str(each), known) for name, each in step.get("with", {}).items()}
                self._used(step["uses"], given, {**variables, **more}, done)
                continue
            if "${{" in step["run"]:
                raise ValueError(f"what a user gives gets into the text of a command: {step['run']}")
            if composite and step.get("shell") != "bash":
                raise ValueError(f"a step of an action names its shell: {step['run']}")
            self.shell(step, {**variables, **more}, done)
        return done

    def _used(self, uses: str, given: Mapping[str, str], variables: Mapping[str, str], done: Done) -> None:
        if uses == "./":
            inner = self.action(self.workspace, given, variables)
            done.failed |= inner.failed
            done.printed += inner.printed
            done.summary += inner.summary
            done.kept |= inner.kept
            return
        found = PINNED.fullmatch(uses)
        if found is None:
            raise ValueError(f"{uses}: expected an action that is known here, at a commit")
        if found["action"] == "actions/upload-artifact":
            folder = Path(given["path"])
            done.kept[given["name"]] = sorted(path.name for path in folder.iterdir())

    def shell(self, step: Mapping[str, Any], variables: Mapping[str, str], done: Done | None = None) -> Done:
        """Runs one step: what it writes into the files that GitHub gives it becomes outputs and summary."""
        done = done or Done()
        self.temp.mkdir(parents=True, exist_ok=True)
        files = {name: self.temp / f"_{name.lower()}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV")}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        script = self.temp / "_step.sh"
        script.write_text(step["run"], encoding="utf-8")
        environment = {
            "PATH": self.path,
            "HOME": str(self.temp),
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
            **{name: str(file) for name, file in files.items()},
            **{name: each for name, each in os.environ.items() if name.startswith(("PIP_", "SSL_", "UV_CACHE"))},
            **variables,
        }
        ran = subprocess.run(
            [*SHELLS[step.get("shell")], str(script)],
            cwd=self.workspace,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=LIMIT_S,
        )
        done.failed |= ran.returncode != 0
        done.printed += ran.stdout
        done.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        if "id" in step:
            done.outputs[step["id"]] = outputs(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))
        return done


def outputs(text: str) -> dict[str, str]:
    """What a step wrote into GITHUB_OUTPUT: lines ``name=value``, or ``name<<word`` and all lines up to that word."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, sign, rest = re.split("(=|<<)", line, maxsplit=1)
        found[name] = rest if sign == "=" else "\n".join(itertools.takewhile(rest.__ne__, lines))
    return found


def python(folder: Path, executable: str) -> str:
    """A folder with a program ``python`` that is *executable*, as actions/setup-python makes one."""
    folder.mkdir(exist_ok=True)
    program = folder / "python"
    program.write_text(f'#!/bin/sh\nexec {executable} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return os.pathsep.join([str(folder), *("/usr/bin", "/bin")])
