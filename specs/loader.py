"""Files into a `Provider`: the one place that reads ``specs/providers/`` and ``fixtures/``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from specs import consistency, family, formats, overlay, requirement, strict_yaml
from specs.errors import SpecError
from specs.fixtures import read_mutants, read_recordings
from specs.mutant import Mutant
from specs.openapi import OpenApi
from specs.provider import Provider
from specs.recording import Recording
from specs.requirement import Citation, Contradiction, Departure, Page, Requirement, UncheckedClaim
from specs.schema import MAIN, Schemas
from specs.strict_yaml import YamlDocument

PROVIDERS = Path(__file__).with_name("providers")
_INSTALLED = Path(__file__).with_name("recordings")
# Looked for inside first: beside an installed package, `fixtures` may be somebody else's.
FIXTURES = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).resolve().parent.parent / "fixtures"
"""The recordings: in a checkout beside the packages, in an installed wheel inside this one."""


def provider_ids(providers: Path = PROVIDERS) -> tuple[str, ...]:
    """The ids of all providers: the names of the folders in *providers*, sorted. Raises SpecError if they cannot be read."""
    try:
        return tuple(sorted(path.name for path in providers.iterdir() if (path / MAIN).exists()))
    except OSError as error:
        found = f"what cannot be read ({error.strerror})"
        raise SpecError(str(providers), "", found=found, expected="a folder of contracts") from None


def load_all(providers: Path = PROVIDERS, fixtures: Path | None = FIXTURES, *, served: bool = False) -> Mapping[str, Provider]:
    """Every provider by its id, as `load` has it. Raises SpecError for the first wrong thing."""
    return MappingProxyType({name: load(name, providers, fixtures, served=served) for name in provider_ids(providers)})


def on_demand(providers: Path = PROVIDERS, fixtures: Path | None = FIXTURES) -> Mapping[str, Provider]:
    """Every provider by its id as `load_all` has it, each loaded when it is asked for first; that raises SpecError then."""
    return _OnDemand(provider_ids(providers), providers, fixtures)


class _OnDemand(Mapping[str, Provider]):
    def __init__(self, ids: Sequence[str], providers: Path, fixtures: Path | None) -> None:
        self._ids = ids
        self._load = cache(partial(load, providers=providers, fixtures=fixtures))

    def __getitem__(self, id: str) -> Provider:
        if id not in self._ids:
            raise KeyError(id)
        return self._load(id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def load(id: str, providers: Path = PROVIDERS, fixtures: Path | None = FIXTURES, *, served: bool = False) -> Provider:
    """The provider in the folder *id*, without recordings if there are no *fixtures*.

    One that is only to be *served* comes without what no answer depends on: its mutants, its contradictions, and what of
    its pages cannot be checked, whose files are not read. All else is read and checked. Raises SpecError naming file,
    pointer, found, expected and a hint.
    """
    try:
        return _load(id, providers, fixtures, served)
    except SpecError as error:
        raise _placed(error, providers, fixtures) from None


def with_recordings(providers: Mapping[str, Provider], folder: Path) -> Mapping[str, Provider]:
    """*providers* with the recordings of *folder* laid over their own.

    The folder is laid out as the fixtures are: ``<provider>/<operationId>/<status>-<label>.json``. A recording replaces
    that of the same operation, status and label, and is the default one of its status if it says so, or if that was.
    Raises SpecError for the first wrong thing.
    """
    changed = dict(providers)
    for name in _folders(folder):
        if name not in providers:
            known = ", ".join(providers) or "no provider at all"
            raise SpecError(str(folder / name), "", found="a folder of no provider", expected=f"one of {known}")
        try:
            own = read_recordings(folder / name, f"fixtures/{name}")
            changed[name] = replace(providers[name], recordings=_laid_over(providers[name].recordings, own))
            for each in own:
                consistency.check_recording(changed[name], each)
        except SpecError as error:
            raise _placed(error, PROVIDERS, folder) from None
    return MappingProxyType(changed)


def _folders(folder: Path) -> list[str]:
    """The names of the folders in *folder*, sorted; hidden ones are left alone."""
    try:
        return sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError as error:
        found = f"what cannot be read ({error.strerror})"
        raise SpecError(str(folder), "", found=found, expected="a folder of recordings") from None


def _laid_over(shipped: Iterable[Recording], own: Iterable[Recording]) -> tuple[Recording, ...]:
    """*shipped* and *own* as one: of each operation and status one is the default, an own one before a shipped one."""
    usual: dict[tuple[str, int], str] = {}
    for each in shipped:
        if each.default or each.kind not in usual:
            usual[each.kind] = each.name
    chosen = {each.name: each.kind for each in own if each.default}
    laid = {each.name: each for each in (*shipped, *own)}
    return tuple(
        replace(each, default=name in chosen if each.kind in chosen.values() else name == usual.get(each.kind))
        for name, each in laid.items()
    )


def _placed(error: SpecError, providers: Path, fixtures: Path | None) -> SpecError:
    """*error* with the file where the caller has it, when that is not where this project has its own."""
    for own, given, usual in (("specs/providers/", providers, PROVIDERS), ("fixtures/", fixtures, FIXTURES)):
        if error.file.startswith(own) and given is not None and given != usual:
            file = str(given / error.file.removeprefix(own))
            return SpecError(file, error.pointer, found=error.found, expected=error.expected, hint=error.hint, line=error.line)
    return error


def _load(id: str, providers: Path, fixtures: Path | None, served: bool) -> Provider:
    folder = providers / id
    known = provider_ids(providers)
    if id not in known:
        raise SpecError(f"specs/providers/{id}", "", found="no such provider", expected=f"one of {', '.join(known)}")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", id):
        expected = "a name of a-z, 0-9 and hyphens that begins with a letter or a digit"
        raise SpecError(f"specs/providers/{id}", "", found="this name", expected=expected, hint="rename the folder")
    documents, lines = _documents(folder, f"specs/providers/{id}")
    openapi = OpenApi(documents[MAIN], f"specs/providers/{id}/{MAIN}", lines)
    schemas = Schemas(id, documents)
    schemas.check_references()
    operations = openapi.operations()
    pages, requirements = _requirements(folder, id)
    cited = _Cited(id, folder, pages)
    requirements += family.requirements(operations)
    departures = cited.departures()
    recordings = read_recordings(fixtures / id, f"fixtures/{id}") if fixtures else ()
    mutants: tuple[Mutant, ...] = ()
    if fixtures and not served:
        own = read_mutants(fixtures / id, f"fixtures/{id}")
        mutants = (*own, *family.mutants(requirements, departures, recordings))
    provider = Provider(
        id=id,
        title=openapi.title,
        hosts=openapi.hosts,
        operations=operations,
        rate_limit=openapi.rate_limit,
        unmatched=openapi.unmatched or next(iter(operations)),
        pages=pages,
        requirements=requirements,
        unchecked=() if served else cited.unchecked(),
        contradictions=() if served else cited.contradictions(),
        departures=departures,
        recordings=recordings,
        mutants=mutants,
        document=documents[MAIN],
        schemas=schemas,
        capabilities=openapi.capabilities(operations),
        generic=openapi.generic,
    )
    consistency.check(provider)
    return provider


def _documents(folder: Path, name: str) -> tuple[dict[str, Any], Mapping[str, int]]:
    """The schema documents of a provider's folder by file name, and the lines of openapi.yaml."""
    main = strict_yaml.read(folder / MAIN, f"{name}/{MAIN}")
    documents = {MAIN: main.value}
    for path in sorted(folder.glob("schemas/*.yaml")):
        documents[f"schemas/{path.name}"] = strict_yaml.read(path, f"{name}/schemas/{path.name}").value
    if (folder / "overlay.yaml").exists():
        changes = strict_yaml.read(folder / "overlay.yaml", f"{name}/overlay.yaml").value
        documents[MAIN] = overlay.apply(main.value, changes, f"{name}/overlay.yaml")
    return documents, main.lines


def _read(folder: Path, id: str, name: str) -> YamlDocument:
    file = f"specs/providers/{id}/{name}.yaml"
    document = strict_yaml.read(folder / f"{name}.yaml", file)
    formats.check(document.value, name, file, lines=document.lines)
    return document


def _requirements(folder: Path, id: str) -> tuple[Mapping[str, Page], tuple[Requirement, ...]]:
    document = _read(folder, id, "requirements")
    pages = MappingProxyType({name: requirement.page(data) for name, data in document.value["pages"].items()})
    file = f"specs/providers/{id}/requirements.yaml"
    shown = file if folder.parent == PROVIDERS else str(folder / "requirements.yaml")
    requirements = tuple(
        Requirement(
            id=data["id"],
            level=requirement.Level(data["level"]),
            says=data["says"],
            because=data.get("because"),
            operations=tuple(data["operations"]),
            citations=_citations(data["cites"], pages, file, f"/requirements/{index}/cites", document.lines),
            check=requirement.check(data["check"]),
            when=_listed(data.get("when", ())),
            file=shown,
            line=document.lines[f"/requirements/{index}"],
        )
        for index, data in enumerate(document.value["requirements"])
    )
    return pages, requirements


def _listed(found: str | Sequence[str]) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else tuple(found)


class _Cited:
    """The lists that only cite: claims that cannot be checked, contradictions, and departures from what clients need."""

    def __init__(self, id: str, folder: Path, pages: Mapping[str, Page]) -> None:
        self._id, self._folder, self._pages = id, folder, pages

    def unchecked(self) -> tuple[UncheckedClaim, ...]:
        document = _read(self._folder, self._id, "unchecked")
        return tuple(
            UncheckedClaim(data["claim"], self._cites(data, "unchecked", f"/claims/{index}/cites", document), data["because"])
            for index, data in enumerate(document.value["claims"])
        )

    def contradictions(self) -> tuple[Contradiction, ...]:
        document = _read(self._folder, self._id, "contradictions")
        return tuple(
            Contradiction(
                data["id"],
                data["says"],
                self._cites(data, "contradictions", f"/contradictions/{index}/cites", document),
                data["accepted"],
                tuple(data.get("requirements", ())),
            )
            for index, data in enumerate(document.value["contradictions"])
        )

    def departures(self) -> tuple[Departure, ...]:
        if not (self._folder / "departures.yaml").exists():
            return ()
        document = _read(self._folder, self._id, "departures")
        return tuple(
            Departure(
                data["requirement"],
                tuple(data["operations"]),
                data["says"],
                self._cites(data, "departures", f"/departures/{index}/cites", document),
            )
            for index, data in enumerate(document.value["departures"])
        )

    def _cites(self, data: Any, name: str, at: str, document: YamlDocument) -> tuple[Citation, ...]:
        return _citations(data["cites"], self._pages, f"specs/providers/{self._id}/{name}.yaml", at, document.lines)


def _citations(
    data: Iterable[Any], pages: Mapping[str, Page], file: str, at: str, lines: Mapping[str, int]
) -> tuple[Citation, ...]:
    citations = []
    for index, each in enumerate(data):
        try:
            citations.append(requirement.citation(each, pages))
        except KeyError:
            place = f"{at}/{index}"
            raise SpecError(
                file,
                f"{place}/page",
                found=f"the page {each['page']!r}",
                expected=f"one of {', '.join(pages)}",
                hint="pages are named at the top of requirements.yaml",
                line=lines.get(place),
            ) from None
    return tuple(citations)
