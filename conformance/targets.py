"""A targets file: the gateways that are judged in one run, each with its key's variable, depth, waivers and capabilities."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.target import LISTED, Target, TargetError, resolve
from specs import formats, strict_yaml
from specs.errors import SpecError
from specs.provider import Provider


def read(path: Path, providers: Mapping[str, Provider], only: str | None = None) -> tuple[Target, ...]:
    """The targets in the YAML file at *path*, each of one of *providers*, or that of the name *only*.

    Raises SpecError or TargetError.
    """
    document = strict_yaml.read(path, str(path))
    formats.check(document.value, "targets", str(path), lines=document.lines)
    defaults = document.value.get("defaults", {})
    targets: dict[str, Target] = {}
    for index, each in enumerate(document.value["targets"]):
        at = f"/targets/{index}"
        target = _target({**defaults, **each}, providers, str(path), at, document.lines)
        if target.name in targets:
            found = f"the name {target.name!r} again"
            raise SpecError(
                str(path), f"{at}/name", found=found, expected="a name of its own", line=document.lines.get(f"{at}/name")
            )
        targets[target.name] = target
    if only is None:
        return tuple(targets.values())
    if only not in targets:
        raise SpecError(str(path), "/targets", found=f"no target of the name {only!r}", expected=f"one of {', '.join(targets)}")
    return (targets[only],)


def _target(each: Any, providers: Mapping[str, Provider], file: str, at: str, lines: Mapping[str, int]) -> Target:
    try:
        (target,) = resolve(each["url"], each.get("provider"), providers, LISTED)
    except TargetError as error:
        line = f":{lines[at]}" if at in lines else ""
        raise TargetError(f"{file}{line} at {at}: {error}") from None
    capabilities = each.get("capabilities", {})
    for name in capabilities:
        if name not in target.provider.capabilities:
            known = ", ".join(target.provider.capabilities) or f"none, as the contract of {target.provider.id} has none"
            place = f"{at}/capabilities/{name}"
            raise SpecError(file, place, found=f"the capability {name!r}", expected=f"one of {known}", line=lines.get(place))
    return dataclasses.replace(
        target,
        capabilities=capabilities,
        name=each["name"],
        listed=file,
        key_env=each.get("api_key_env"),
        depth=each.get("depth"),
        waivers=Path(file).parent / each["waivers"] if "waivers" in each else None,
    )
