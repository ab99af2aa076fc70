"""The document of a run as a picture: requests a second of each server, for the two lists."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

OURS, OTHERS = "#1f77b4", "#b0b0b0"
LISTS = ("small", "large")
SUFFIXES = (".svg", ".png")


class NoPlotError(Exception):
    """It cannot be drawn here; the message says what is missing."""


def bars(document: Mapping[str, Any], traffic: str) -> list[tuple[str, float, bool]]:
    """Name, requests a second, and whether it is the mock, of each server that was asked for *traffic*; the fastest first."""
    found = [
        (contestant["name"], figure["rate"], contestant["key"] == "ours")
        for contestant in document["contestants"]
        for figure in contestant["figures"]
        if figure["traffic"] == traffic and figure["rate"] is not None
    ]
    return sorted(found, key=lambda bar: -bar[1])


def draw(document: Mapping[str, Any], path: Path) -> list[Path]:
    """Writes *path* with ``.svg`` and with ``.png`` for its suffix; gives both. Raises NoPlotError without matplotlib."""
    try:
        from matplotlib import rcParams  # noqa: PLC0415 - only `make bench` installs it
        from matplotlib.figure import Figure  # noqa: PLC0415 - likewise
    except ImportError:
        raise NoPlotError("there is no plot: the Python package matplotlib is not installed") from None
    rcParams["svg.hashsalt"] = "speed"  # so that the same run makes the same file
    says = {traffic["name"]: traffic["says"] for traffic in document["traffic"]}
    figure = Figure(figsize=(12, 5), layout="constrained")
    for place, name in zip(figure.subplots(1, len(LISTS)), LISTS, strict=True):
        shown = bars(document, name)[::-1]
        drawn = place.barh(
            [bar[0] for bar in shown], [bar[1] for bar in shown], color=[OURS if bar[2] else OTHERS for bar in shown]
        )
        place.bar_label(drawn, fmt="{:.0f}", padding=3)
        place.set_title(says[name])
        place.set_xlabel("requests a second, 32 connections, one core for the server")
        place.margins(x=0.15)
        place.spines[["top", "right"]].set_visible(False)
    machine = document["machine"]
    busy = "" if machine["idle"] else f", NOT IDLE (load {machine['load']:.1f})"
    figure.suptitle(f"{document['date'][:10]}, {machine['cpu']}, {machine['cores']} cores{busy}", fontsize=10)
    files = [path.with_suffix(suffix) for suffix in SUFFIXES]
    for file in files:
        figure.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)
    return files
