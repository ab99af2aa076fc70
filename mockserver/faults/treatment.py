"""What preferences ask to be done to an answer before it leaves: a fault, fields about trying again, a delay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from mockserver.answer import Answer
from mockserver.faults import FAULTS, PARAMETERS, delay, find, rate_limit_headers, retry_after
from mockserver.faults.fault import Fault, Number, Word
from mockserver.preferences import VIEW, PreferenceError
from specs.contract import RateLimit

PLACES = ("head", "body")
TRUTHS = ("true", "false")
MAX_DIGITS = 9
TRYING_AGAIN = ("retry-after", "retry-after-ms", "x-should-retry")  # preferences called as the fields that they set


@dataclass(frozen=True)
class Treatment:
    """One request's wishes, checked. *numbers* and *words* are the parameters of *fault*, each with a value.

    *spread* means that the delay is spread over the content instead of standing before the first octet. *retry_after* is
    a preset; *retry_after_ms* and *should_retry* are values of the fields ``retry-after-ms`` and ``x-should-retry``.
    """

    fault: Fault | None
    numbers: Mapping[str, float]
    words: Mapping[str, str]
    delay: delay.Delay | None
    spread: bool
    retry_after: str | None
    retry_after_ms: str | None
    should_retry: str | None
    profile: str | None

    def fields(self, answer: Answer, limit: RateLimit | None, now: float) -> Mapping[str, str | None]:
        """What it sets in *answer*, or removes (None): of trying again only where that is an error.

        *limit* is the documented one; *now* is in seconds since 1970.
        """
        fields: dict[str, str | None] = {}
        if answer.status >= 400:
            if self.retry_after is not None:
                fields["retry-after"] = retry_after.retry_after(self.retry_after, now)
            if self.retry_after_ms is not None:
                fields["retry-after-ms"] = self.retry_after_ms
            if self.should_retry is not None:
                fields["x-should-retry"] = self.should_retry
        if self.profile is not None:
            wait = fields.get("retry-after", answer.field(b"retry-after")) or ""
            fields |= rate_limit_headers.rate_limit_headers(
                self.profile,
                limit or rate_limit_headers.UNDOCUMENTED,
                exceeded=answer.status == 429,
                wait_s=int(wait) if _is_whole(wait) else None,
            )
        return fields


def treatment(asked: Mapping[str, str]) -> Treatment:
    """The preferences *asked* as a treatment; raises PreferenceError, naming the valid values, for one that cannot be."""
    fault = _fault(asked.get("fault"))
    numbers, words = _parameters(asked, fault)
    if "delay-at" in asked and "delay" not in asked:
        raise PreferenceError("The preference 'delay-at' needs a delay beside it, such as delay=250.", delay.FORMS)
    return Treatment(
        fault=fault,
        numbers=numbers,
        words=words,
        delay=_delay(asked.get("delay")),
        spread=_choice(asked, "delay-at", PLACES) == "body",
        retry_after=_retry_after(asked.get("retry-after")),
        retry_after_ms=_milliseconds(asked.get("retry-after-ms")),
        should_retry=_choice(asked, "x-should-retry", TRUTHS),
        profile=_choice(asked, "rate-limit-headers", rate_limit_headers.PROFILES),
    )


def _fault(name: str | None) -> Fault | None:
    if name is None:
        return None
    return find(name) or _refuse("fault", name, FAULTS)


def _parameters(asked: Mapping[str, str], fault: Fault | None) -> tuple[Mapping[str, float], Mapping[str, str]]:
    mine = fault.parameters if fault else ()
    for name in PARAMETERS:
        if name in asked and name not in VIEW and name not in {each.name for each in mine}:
            having = tuple(each.name for each in FAULTS.values() if name in {one.name for one in each.parameters})
            raise PreferenceError(f"The preference {name!r} goes with a fault, one of {', '.join(having)}.", having)
    numbers: dict[str, float] = {}
    words: dict[str, str] = {}
    for each in mine:
        text = asked.get(each.name)
        if isinstance(each, Number):
            number = each.default if text is None else each.read(text)
            numbers[each.name] = _wrong(each, text) if number is None else number
        else:
            word = each.default if text is None else each.read(text)
            words[each.name] = _wrong(each, text) if word is None else word
    return numbers, words


def _delay(text: str | None) -> delay.Delay | None:
    if text is None:
        return None
    return delay.delay(text) or _refuse("delay", text, delay.FORMS)


def _retry_after(text: str | None) -> str | None:
    if text is None or text in retry_after.PRESETS or _is_whole(text):
        return text
    return _refuse("retry-after", text, retry_after.FORMS)


def _milliseconds(text: str | None) -> str | None:
    return text if text is None or _is_whole(text) else _refuse("retry-after-ms", text, ("0", "250"))


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS


def _choice(asked: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str | None:
    value = asked.get(name)
    return value if value is None or value in choices else _refuse(name, value, choices)


def _wrong(parameter: Number | Word, text: str | None) -> NoReturn:
    valid = parameter.choices if isinstance(parameter, Word) else (f"{parameter.default:.0f}",)
    raise PreferenceError(f"The {parameter.name} {text!r} is not {parameter.expected}.", valid)


def _refuse(name: str, value: str, valid: Iterable[str]) -> NoReturn:
    valid = tuple(valid)
    raise PreferenceError(f"The {name} {value!r} is not one of {', '.join(valid)}.", valid)
