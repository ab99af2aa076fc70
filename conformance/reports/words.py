"""What every format says in the same words: outcomes, verdicts, counts, requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from conformance.finding import places
from conformance.verdict import WORDS, Verdict
from specs.printable import printable

Run = Mapping[str, Any]
Finding = Mapping[str, Any]

OUTCOMES = ("fail", "error", "inconclusive", "warn", "waived", "not applicable", "pass")
"""What needs somebody first."""

MOST_TEXT = 600
"""Characters of one value that are shown."""


MOST_URL = 2000
"""Characters of an address that may be a link."""


def linked(url: str | None) -> bool:
    """Whether *url* may be a link: the address of a page on the web."""
    return url is not None and len(url) <= MOST_URL and url.startswith(("https://", "http://"))


def shown(text: str, most: int = MOST_TEXT) -> str:
    """*text* in one line of characters that print, and how many are left out beyond *most*."""
    head = " ".join(text[: most + 1].split())
    more = len(text) - most
    return printable(f"{head[:most]}… and {more} more characters" if more > 0 else head)


def verdict(run: Run) -> Verdict:
    """The verdict of *run*."""
    return Verdict[run["verdict"].upper().replace(" ", "_")]


def overall(report: Mapping[str, Any]) -> str:
    """The verdict of all runs in a word or two."""
    known = {each.value for each in Verdict}
    code = report["exit_code"]
    return Verdict(code).name.lower().replace("_", " ") if code in known else f"exit code {code}"


def sentence(run: Run) -> str:
    """The verdict of *run* in one sentence."""
    if run["refusal"]:
        return f"inconclusive: {run['refusal']}"
    judged = len(run["findings"])
    cut = f", cut short after {judged} of {run['selected']} requirements" if run["unjudged"] else ""
    return f"{WORDS[verdict(run)]}{cut}"


def label(run: Run) -> str:
    """What *run* is called in a table: the name in the targets file, else the provider's id."""
    return str(run["name"] or run["provider"])


def heading(run: Run) -> str:
    """What was judged, in a line."""
    return f"{run['name']}: {run['title']}" if run["name"] else str(run["title"])


def counts(run: Run) -> dict[str, int]:
    """How many findings of *run* have each outcome, those that need somebody first; outcomes that none has are left out."""
    found = Counter(finding["outcome"] for finding in run["findings"])
    return {outcome: found[outcome] for outcome in OUTCOMES if found[outcome]}


def counted(run: Run) -> str:
    """`counts` in words."""
    return ", ".join(f"{number} {outcome}" for outcome, number in counts(run).items()) or "nothing judged"


def requests(run: Run) -> str:
    """What was sent, in words."""
    sent = run["requests"]
    burst = f", {sent['bursts']} in a burst" if sent["bursts"] else ""
    return f"{sent['sent']} of at most {sent['allowed']} requests{burst}"


def when(run: Run) -> str:
    """When the target was asked, to the minute; of a replay, that it is one."""
    minute = run["started"][:16].replace("T", " ")
    return f"{minute} UTC, replayed" if run["replayed"] else f"{minute} UTC"


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """*findings* with those first that need somebody, a MUST before a SHOULD; else as in the contract."""
    levels = ("MUST", "SHOULD", "MAY")
    return sorted(findings, key=lambda each: (OUTCOMES.index(each["outcome"]), levels.index(each["level"])))


def tries(finding: Finding) -> str:
    """How often the breach showed; empty where it was not tried again."""
    confirmed = finding["confirmed"]
    if not confirmed:
        return ""
    first = "intermittent, " if confirmed["shown"] < confirmed["tried"] else ""
    return f"{first}{confirmed['shown']} of {confirmed['tried']} tries"


def place(violations: Mapping[str, Any], run: Run) -> str:
    """Where *violations* are: the first places, in which answer, and how many there are."""
    exchange = _exchange(violations, run)
    at = [each or "the body" for each in violations["at"]]
    many = places(at, violations["count"], violations.get("answers", 1))
    asked = violations["url"].removeprefix(run["target"])
    return f"{at[0]} of {exchange['request']['method'] if exchange else 'GET'} {asked}{many}"


def answered(violations: Mapping[str, Any], run: Run) -> str:
    """The exchange that *violations* point to, as lines; empty where the report does not hold it."""
    exchange = _exchange(violations, run)
    return exchanged(exchange) if exchange else ""


def line(violations: Mapping[str, Any], run: Run) -> str:
    """The status line of the answer that *violations* point to; empty where the report does not hold it."""
    exchange = _exchange(violations, run)
    return str(exchange["response"]["line"]) if exchange else ""


def _exchange(violations: Mapping[str, Any], run: Run) -> Mapping[str, Any] | None:
    held: Sequence[Mapping[str, Any]] = run["exchanges"]
    return held[violations["exchange"]] if violations["exchange"] < len(held) else None


MOST_EXCHANGE = 24_000
"""Characters of an exchange that are shown."""


def exchanged(exchange: Mapping[str, Any]) -> str:
    """A request and its answer as lines."""
    request, response = exchange["request"], exchange["response"]
    fields = [f"{name}: {value}" for name, value in response["headers"]]
    if response["headers_cut"]:
        fields.append(f"… and {response['headers_cut']} more fields")
    cut = [f"… and {response['body_cut']} more bytes"] if response["body_cut"] else []
    lines: Sequence[str] = [f"{request['method']} {request['url']}", "", response["line"], *fields, "", response["body"], *cut]
    return printable("\n".join(lines)[:MOST_EXCHANGE])


def cited(citation: Mapping[str, Any]) -> str:
    """Where a citation is, without its words."""
    match citation["kind"]:
        case "page":
            first, last = citation["first"], citation["last"]
            return f"{citation['file']}:{first}" if first == last else f"{citation['file']}:{first}-{last}"
        case "standard":
            return f"{citation['standard']} section {citation['section']}"
        case _:
            return f"{citation['package']} {citation['version']} {citation['file']} {citation['at']}"
