"""A folder of recordings: what is there already, how it differs from what was captured, and writing all of it or nothing."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gateway_contracts.recording.differences import differences
from gateway_contracts.recording.document import Document
from gateway_contracts.recording.rules import Rules
from specs.fixtures import RECORDING_NAME, parsed, read_recordings
from specs.provider import Provider
from specs.recording import Recording


@dataclass(frozen=True)
class File:
    """A recording and the *path* of its file; *differs* are the lines on how it differs from the one that *exists* there."""

    document: Document
    path: Path
    exists: bool = False
    differs: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """In a word what is about it: ``new``, ``changed`` or ``unchanged``."""
        return "changed" if self.differs else "unchanged" if self.exists else "new"

    @property
    def text(self) -> str:
        """What the file is to hold."""
        return json.dumps(self.document.content, ensure_ascii=False, indent=2) + "\n"


def files(documents: Sequence[Document], folder: Path, provider: Provider, rules: Rules) -> tuple[File, ...]:
    """The files of *documents* in *folder*, which may hold recordings of *provider* already.

    The first one of an operation and status is the default one, unless another recording of the folder is.
    Raises SpecError for a folder whose recordings cannot be read.
    """
    own = folder / provider.id
    held = {each.name: each for each in read_recordings(own, str(own))} if own.is_dir() else {}
    names = {each.name for each in documents}
    taken = {each.kind for each in held.values() if each.default and each.name not in names}
    made = []
    for document in documents:
        content = document.content
        if document.kind not in taken:
            taken.add(document.kind)
            content = {**{name: content[name] for name in ("provenance", "source", "date")}, "default": True, **content}
        path = own / f"{document.name}.json"
        file = File(replace(document, content=content), path)
        made.append(_compared(file, held, provider, rules))
    return tuple(made)


def _compared(file: File, held: Mapping[str, Recording], provider: Provider, rules: Rules) -> File:
    if file.document.name not in held:
        return file
    items = provider.operations[file.document.wanted.request.operation].items
    found = differences(parsed(file.path.read_bytes()), file.document.content, items, rules)
    return replace(file, exists=True, differs=tuple(found))


def others(written: Sequence[File], labels: Collection[str]) -> list[Path]:
    """Recordings of an earlier time called by one of *labels* in the folders of *written* that are not among them."""
    paths = {each.path for each in written}
    folders = {each.path.parent for each in written}
    found = [path for folder in folders if folder.is_dir() for path in folder.iterdir() if path not in paths]
    named = ((path, RECORDING_NAME.fullmatch(path.name)) for path in found)
    return sorted(path for path, matched in named if matched and matched["label"] in labels)


def write(written: Sequence[File]) -> None:
    """Writes all of *written*, or none: what was there before is put back when one cannot be. Raises OSError."""
    undo = contextlib.ExitStack()
    with undo:
        for each in written:
            _make(each.path.parent, undo)
        parts = [(each.path, each.path.with_name(f".{each.path.name}.part")) for each in written]
        for each, (_, part) in zip(written, parts, strict=True):
            undo.callback(part.unlink, missing_ok=True)
            part.write_text(each.text, encoding="utf-8")
        for path, part in parts:
            before = path.read_bytes() if path.exists() else None
            undo.callback(_restore, path, before)
            part.replace(path)
        undo.pop_all()


def _make(folder: Path, undo: contextlib.ExitStack) -> None:
    """Makes *folder* and those above it; *undo* removes the new ones."""
    if not folder.is_dir():
        _make(folder.parent, undo)
        folder.mkdir()
        undo.callback(folder.rmdir)


def _restore(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)
