"""The document of a run as Markdown and as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.speed.plot import SUFFIXES, NoPlotError

MB = 1_000_000
METHOD = (
    "Each run is a process from its start to its end, `python -m pytest conformance --target URL` at standard depth, against "
    "the mock on this machine, whose load is beside it. Medians of the rounds; memory is the most that any of them had."
)


def page(document: Mapping[str, Any]) -> str:
    """Both tables, what was measured on, and how."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    machine = document["machine"]
    yield "# How long a verdict takes"
    yield ""
    if not machine["idle"]:
        yield f"**The machine was not idle** (load average {machine['load']:.2f} at the start): these figures say little."
        yield ""
    if not document["complete"]:
        yield "**Interrupted**: only what was measured until then is here."
        yield ""
    yield "| provider | verdict | s | CPU s | until collected, s | memory, MB | requests |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    for each in document["figures"]:
        if each["models"] is None:
            yield (
                f"| {each['provider']} | {each['verdict']} | {each['seconds']:.2f} | {each['cpu']:.2f} | {each['ready']:.2f} "
                f"| {each['memory'] / MB:.0f} | {each['requests']} |"
            )
    yield ""
    yield "| provider | models | list, MB | verdict | s | CPU s | CPU ms for each 1000 models | memory, MB |"
    yield "|---|--:|--:|---|--:|--:|--:|--:|"
    for each in document["figures"]:
        if each["models"] is not None:
            yield (
                f"| {each['provider']} | {each['models']} | {each['octets'] / MB:.2f} | {each['verdict']} "
                f"| {each['seconds']:.2f} | {each['cpu']:.2f} | {_slope(each, document['figures'])} "
                f"| {each['memory'] / MB:.0f} |"
            )
    yield ""
    yield METHOD
    yield ""
    yield f"{document['date']}, {machine['cpu']}, {machine['cores']} cores, {machine['system']}, {machine['python']}."


def _slope(of: Mapping[str, Any], figures: list[Mapping[str, Any]]) -> str:
    """What a thousand models more take, between the fewest and these."""
    (fewest, *_) = [each for each in figures if each["provider"] == of["provider"] and each["models"] is not None]
    if of is fewest:
        return "–"
    return f"{1000 * (of['cpu'] - fewest['cpu']) / (of['models'] - fewest['models']) * 1000:.0f}"


def draw(document: Mapping[str, Any], path: Path) -> list[Path]:
    """Seconds of CPU by number of models, as *path* with ``.svg`` and ``.png``. Raises NoPlotError without matplotlib."""
    try:
        from matplotlib import rcParams  # noqa: PLC0415 - only developing needs it
        from matplotlib.figure import Figure  # noqa: PLC0415 - likewise
    except ImportError:
        raise NoPlotError("there is no plot: the Python package matplotlib is not installed") from None
    rcParams["svg.hashsalt"] = "verdict"  # so that the same run makes the same file
    drawn = Figure(figsize=(8, 5), layout="constrained")
    place = drawn.subplots()
    sized = [each for each in document["figures"] if each["models"] is not None]
    for provider in dict.fromkeys(each["provider"] for each in sized):
        line = [(each["models"], each["cpu"]) for each in sized if each["provider"] == provider and each["verdict"] == "kept"]
        place.plot([models for models, _ in line], [cpu for _, cpu in line], marker="o", label=provider)
    place.set(xscale="log", yscale="log", xlabel="models in the list", ylabel="seconds of CPU until the verdict")
    place.grid(visible=True, which="both", alpha=0.2)
    place.legend()
    files = [path.with_suffix(suffix) for suffix in SUFFIXES]
    for file in files:
        drawn.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)
    return files
