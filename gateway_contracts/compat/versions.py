"""A version of one provider's contract: a folder, or what a revision of git has of one."""

from __future__ import annotations

import contextlib
import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import specs
from gateway_contracts.usage import UsageError
from specs.errors import SpecError
from specs.provider import Provider
from specs.schema import MAIN

MOST_BYTES = 64 * 1024 * 1024
"""Octets of all files of one version."""

SECONDS = 60.0
"""So long git may take."""

REVISION = "git:"


@dataclass(frozen=True)
class Version:
    """What the user called it, and the contract that it is."""

    name: str
    provider: Provider


def read(base: str, head: str) -> tuple[Version, Version]:
    """The versions that two words mean, each a folder, ``REVISION:folder``, or ``git:REVISION`` of the other's folder.

    Raises UsageError for what is none of these, SpecError for a contract that cannot be read.
    """
    if base.startswith(REVISION) and head.startswith(REVISION):
        raise UsageError(f"{base} {head}: neither names a folder; expected one such as {base} specs/providers/acme")
    return _version(base, head), _version(head, base)


def _version(text: str, other: str) -> Version:
    folder = Path(text)
    if (folder / MAIN).is_file():
        return Version(text, _load(folder.absolute(), text))
    if text.startswith(REVISION):
        top, prefix = _place(text, Path(other))
        return _archived(text, top, f"{text.removeprefix(REVISION)}:{prefix}", Path(other).absolute().name)
    revision, colon, path = text.partition(":")
    if colon and revision and not folder.exists():
        top, _ = _place(text, Path())
        return _archived(text, top, text, PurePosixPath(path).name)
    expected = f"the folder of a provider, which has {MAIN}; REVISION:folder; or git:REVISION"
    raise UsageError(f"{text}: {'no such folder' if not folder.exists() else f'no {MAIN} in it'}, expected {expected}")


def _place(text: str, folder: Path) -> tuple[Path, str]:
    """The top folder of the working tree that has *folder*, and where it is in there."""
    if not folder.is_dir():
        raise UsageError(f"{text}: {folder} is no folder, whose version of another revision could be told")
    said = _git(text, folder, "rev-parse", "--show-toplevel", "--show-prefix").decode().splitlines()
    return Path(said[0]), said[1] if len(said) > 1 else ""


def _archived(text: str, top: Path, tree: str, name: str) -> Version:
    """What git has as *tree*, under the *name* of a provider."""
    if tree.startswith("-"):
        raise UsageError(f"{text}: a revision does not begin with a hyphen")
    with tempfile.TemporaryDirectory() as temporary:
        unpacked = Path(temporary, name)
        for path, content in _files(text, top, tree).items():
            (unpacked / path).parent.mkdir(parents=True, exist_ok=True)
            (unpacked / path).write_bytes(content)
        if not (unpacked / MAIN).is_file():
            raise UsageError(f"{text}: no {MAIN} in it, expected the folder of a provider at that revision")
        return Version(text, _load(unpacked, text))


def _git(text: str, where: Path, *words: str) -> bytes:
    """What git prints in the folder *where*. Raises UsageError with what it says instead."""
    try:
        done = subprocess.run(["git", *words], cwd=where, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603, S607 - no shell, and git is the user's own
    except FileNotFoundError:
        raise UsageError(f"{text}: there is no git here; give the folders of both versions instead") from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"{text}: git took more than {SECONDS:g} s; give the folders of both versions instead") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["nothing"]
        raise UsageError(f"{text}: git has no such folder, and says: {said[-1][:200]}")
    return done.stdout


def _files(text: str, top: Path, tree: str) -> Mapping[PurePosixPath, bytes]:
    """The files of *tree*, as git has it in the working tree at *top*."""
    packed = _git(text, top, "archive", "--format=tar", tree)
    found: dict[PurePosixPath, bytes] = {}
    with contextlib.closing(tarfile.open(fileobj=io.BytesIO(packed))) as archive:
        for member in _inside(archive):
            held = archive.extractfile(member)
            found[PurePosixPath(member.name)] = held.read() if held else b""
            if sum(map(len, found.values())) > MOST_BYTES:
                raise UsageError(f"{text}: more than {MOST_BYTES} bytes; expected the folder of one provider")
    return found


def _inside(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The plain files of *archive* that stay where they are unpacked; links are left out."""
    for member in archive:
        path = PurePosixPath(member.name)
        if member.isfile() and not path.is_absolute() and ".." not in path.parts:
            yield member


def _load(folder: Path, text: str) -> Provider:
    try:
        return specs.load(folder.name, folder.parent, None)
    except SpecError as error:
        # Where it was unpacked is nobody's business, and gone by the time that it is read.
        file = error.file.replace(str(folder), text.rstrip("/"))
        found = SpecError(file, error.pointer, found=error.found, expected=error.expected, hint=error.hint, line=error.line)
        raise found from None
