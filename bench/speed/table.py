"""The document of a run as a page of Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

MB = 1_000_000
NOTHING = "–"
CLOSED = (
    "Figures are medians over the rounds, shares of bare ASGI medians of the shares within a round. req/s, p50 and p99 are "
    "wrk's, with one thread, on 32 connections or on one, each of which waits for its answer before it asks again. CPU is that "
    "of all processes of the server, by the kernel's clock of each, before and after. This project's modules have their "
    "bytecode before, as when they are installed."
)
OPEN = (
    "The highest rate is that of an open model: requests are sent at a fixed rate, and each is timed from when it was meant to "
    "be sent. Where p99 is kept the rate goes up, else down, by halves, until two rates are 5 % apart. A rate within a tenth "
    "of what the generator reaches itself, or at which it has no time to spare, is the client's limit."
)
COLD = " Nothing was warmed up: servers that compile while they run seem slower than they are."


def page(document: Mapping[str, Any]) -> str:
    """All of it: the goals, a table for each kind of traffic, start and memory, what differs, and how it was measured."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield "# How fast, side by side"
    yield ""
    if not document["machine"]["idle"]:
        load = document["machine"]["load"]
        yield f"**The machine was not idle** (load average {load:.2f} at the start): these figures say little."
        yield ""
    if not document["complete"]:
        yield "**Interrupted**: only what was measured until then is here."
        yield ""
    yield from (f"- {goal['line']}" for goal in document["goals"])
    for traffic in document["traffic"]:
        yield from _of(traffic, document)
    yield from _upkeep(document)
    yield from _differences(document)
    yield from _method(document)


COLUMNS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "req/s": lambda figure: (
        _bounded(figure["rate"], figure["rate_client"]) + (f" ({figure['wrong']} wrong)" if figure["wrong"] else "")
    ),
    "of bare ASGI": lambda figure: _or(figure["ratio"], lambda value: f"{value:.2f}"),
    "CPU µs/req": lambda figure: _or(figure["cpu_us"], lambda value: f"{value:.0f}"),
    "p50 ms": lambda figure: _or(figure["p50_us"], _ms),
    "p99 ms": lambda figure: _or(figure["p99_us"], _ms),
    "req/s, 1 conn.": lambda figure: _or(figure["rate_one"], _rate),
    "p50 ms, 1 conn.": lambda figure: _or(figure["p50_one_us"], _ms),
    "p99 ms, 1 conn.": lambda figure: _or(figure["p99_one_us"], _ms),
    "highest, p99 < 10 ms": lambda figure: _bounded(figure["highest"], figure["client"]),
}
"""What is said of a figure, by the heads of the columns."""


def _of(traffic: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        [contestant["name"], *(cell(figure) for cell in COLUMNS.values())]
        for contestant in document["contestants"]
        for figure in contestant["figures"]
        if figure["traffic"] == traffic["name"]
    ]
    if rows:
        yield from ("", f"## {traffic['says'][0].upper()}{traffic['says'][1:]}", "")
        yield from _table(*_filled(["server", *COLUMNS], rows))


def _filled(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """*columns* and *rows* without those columns in which nothing stands."""
    kept = [place for place in range(len(columns)) if any(row[place] != NOTHING for row in rows)]
    return [columns[place] for place in kept], [[row[place] for place in kept] for row in rows]


def _bounded(rate: float | None, client: bool) -> str:
    if not rate:
        return NOTHING if rate is None else "none"
    return f"≥ {rate:.0f} (the client's limit)" if client else f"{rate:.0f}"


def _upkeep(document: Mapping[str, Any]) -> Iterator[str]:
    rows = []
    for contestant in document["contestants"]:
        kept = contestant["upkeep"]
        if kept:
            memory = [f"{kept[when]['rss'] / MB:.0f} / {kept[when]['pss'] / MB:.0f}" for when in ("idle", "first", "last")]
            rows.append([contestant["name"], f"{kept['started_s']:.2f}", *memory])
    if rows:
        yield from ("", "## Start and memory", "")
        columns = ["server", "start to first 200, s", "before load, RSS / PSS MB", "after the first load", "after the last"]
        yield from _table(columns, rows)


def _differences(document: Mapping[str, Any]) -> Iterator[str]:
    """What each is, and what it does not do alike."""
    yield from ("", "## Who is who", "")
    rows = []
    for contestant in document["contestants"]:
        if contestant["absent"]:
            said = f"not measured: {contestant['absent']}"
        else:
            said = "; ".join(_said(contestant["verified"])) or "the same bytes, keys compared"
        rows.append([contestant["name"], contestant["version"] or NOTHING, contestant["says"] or NOTHING, said])
    yield from _table(["server", "version", "set up", "answers, before anything is measured"], rows)


def _said(verified: Mapping[str, Any]) -> Iterator[str]:
    """What differs, each once, with the traffic that it differs in."""
    by: dict[str, list[str]] = {}
    for traffic, seen in verified.items():
        for differs in [*seen["differs"], *([f"not measured: {seen['wrong']}"] if seen["wrong"] else [])]:
            by.setdefault(differs, []).append(traffic)
    yield from (f"{differs} ({', '.join(names)})" for differs, names in by.items())


def _method(document: Mapping[str, Any]) -> Iterator[str]:
    machine, settings = document["machine"], document["settings"]
    versions = ", ".join(f"{name} {version}" for name, version in document["versions"].items() if version)
    yield from ("", "## How it was measured", "")
    yield (
        f"{document['date']}, {machine['cpu']}, {machine['cores']} cores, {machine['memory'] / 1e9:.0f} GB, "
        f"{machine['system']}, {machine['python']}, load average {machine['load']:.2f} at the start; {document['cores']}. "
        f"With {versions}."
    )
    yield ""
    yield (
        f"Rounds: {settings['rounds']}, in each of which every server is started anew, in an order drawn by the seed "
        f"{settings['seed']}, the mock and bare ASGI one after the other; each load takes {settings['seconds']} s."
        f"{'' if settings['warmed'] else COLD} {CLOSED}"
    )
    if settings["tries"]:
        known = ", ".join(f"{name} {rate:.0f} a second" for name, rate in document["generator_ceilings"].items())
        yield ""
        yield (
            f"{OPEN} Each rate is tried for {settings['open_seconds']:g} s on at most {settings['connections']} connections, "
            f"{settings['tries']} rates at most. Its own limit against nginx: {known or 'not known'}."
        )


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    yield from (f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows)


def _or(value: float | None, text: Callable[[float], str]) -> str:
    return NOTHING if value is None else text(value)


def _rate(value: float) -> str:
    return f"{value:.0f}"


def _ms(value: float) -> str:
    return f"{value / 1000:.2f}"
