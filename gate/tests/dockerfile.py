"""A Dockerfile as its stages, and .dockerignore as what it lets through; what they do not know they refuse."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

ONCE = ("WORKDIR", "USER", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD", "EXPOSE", "LABEL")


@dataclass(frozen=True)
class Instruction:
    """One instruction: its *name*, and what follows, as it is written."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """The exec form: a JSON array, which no shell reads. Raises ValueError for anything else."""
        words = json.loads(self.text)
        if not (isinstance(words, list) and all(isinstance(word, str) for word in words)):
            raise ValueError(f"{self.name} {self.text}: expected an array of texts")
        return words


@dataclass(frozen=True)
class Stage:
    """What stands between one FROM and the next: *base*, its *name* where it has one, and the instructions."""

    base: str
    name: str
    instructions: tuple[Instruction, ...]

    def all(self, name: str) -> list[Instruction]:
        """Every instruction *name*, in order."""
        return [each for each in self.instructions if each.name == name]

    def one(self, name: str) -> Instruction:
        """The only instruction *name*; raises ValueError where there is not just one."""
        (found,) = self.all(name)
        return found

    @property
    def variables(self) -> dict[str, str]:
        """What ENV sets, with ``$PATH`` as it was before."""
        pairs = [pair.partition("=") for each in self.all("ENV") for pair in shlex.split(each.text)]
        return {name: value for name, _, value in pairs}

    @property
    def healthcheck(self) -> list[str]:
        """The command of HEALTHCHECK."""
        return Instruction("CMD", self.one("HEALTHCHECK").text.partition(" CMD ")[2]).words


def stages(text: str) -> list[Stage]:
    """The stages of the Dockerfile *text*."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found: list[Stage] = []
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        name, _, rest = line.partition(" ")
        if name == "FROM":
            base, _, alias = rest.partition(" AS ")
            found.append(Stage(base, alias, ()))
        elif name in (*ONCE, "COPY", "ENV", "RUN"):
            last = found.pop()
            found.append(Stage(last.base, last.name, (*last.instructions, Instruction(name, rest))))
        else:
            raise ValueError(f"{line}: this instruction is not known here")
    return found


def context(folder: Path, ignore: str) -> Iterator[PurePosixPath]:
    """The files of *folder* that a .dockerignore with the text *ignore* lets through, which of two rules obeys the last."""
    rules = [line for line in ignore.splitlines() if line and not line.startswith("#")]
    for path in sorted(folder.rglob("*")):
        inside = PurePosixPath(path.relative_to(folder))
        if path.is_file() and not _ignored(inside, rules):
            yield inside


def _ignored(path: PurePosixPath, rules: list[str]) -> bool:
    ignored = False
    for rule in rules:
        pattern = rule.removeprefix("!")
        # A rule that fits a folder fits what is in it; ** stands for any number of folders, none too.
        candidates = [path, *path.parents][:-1]
        anywhere = pattern.removeprefix("**/")
        if any(_fits(each, anywhere, anywhere != pattern) for each in candidates):
            ignored = not rule.startswith("!")
    return ignored


def _fits(path: PurePosixPath, pattern: str, anywhere: bool) -> bool:
    if "/" in pattern:
        raise ValueError(f"{pattern}: a rule of several names is not known here")
    return fnmatchcase(path.name, pattern) and (anywhere or len(path.parts) == 1)
