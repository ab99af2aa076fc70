"""What is here: the providers with their addresses and with what can be asked for, and the table printed at the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from mockserver.credentials import MAGIC
from mockserver.keys import KeyState, KeyTable
from specs import Provider
from specs.contract import Operation

KEY = "sk-mock"


def good_keys(keys: KeyTable | None) -> str:
    """Which keys are good where *keys* has their rights, and which ask for an error, as part of a sentence."""
    if keys is None:
        good = "any key that starts with sk- is good"
    elif keys.others == "good":
        good = "any key that starts with sk- is good, but for what the key table says of it"
    else:
        good = "no key is good but those that the key table says are"
    return f"{good}; {MAGIC}429 and the like get that error"


@dataclass(frozen=True)
class Request:
    """One documented request as ``METHOD URL``, and the labels that it can be answered with, by status."""

    request: str
    examples: Mapping[int, tuple[str, ...]]

    @property
    def keys(self) -> tuple[str, ...]:
        """The magic keys: one for each status but 200."""
        return tuple(f"{MAGIC}{status}" for status in self.examples if status != 200)

    def json(self) -> dict[str, Any]:
        """This request as the start page gives it to programs."""
        examples = {str(status): list(labels) for status, labels in self.examples.items()}
        return {"request": self.request, "examples": examples, "keys": list(self.keys)}


@dataclass(frozen=True)
class Entry:
    """One provider in the table.

    *bases* are the addresses that an SDK of OpenAI's may be given as ``base_url``, *lists* those of the lists that
    such an SDK does not read, *curl* a command that can be pasted; it names a variable KEY where `KEY` is no good key.
    """

    id: str
    title: str
    bases: tuple[str, ...]
    lists: tuple[str, ...]
    requests: tuple[Request, ...]
    hosts: tuple[str, ...]
    curl: str

    def json(self) -> dict[str, Any]:
        """This entry as the start page gives it to programs."""
        return {
            "id": self.id,
            "title": self.title,
            "base_urls": list(self.bases),
            "other_lists": list(self.lists),
            "operations": [each.json() for each in self.requests],
            "hosts": list(self.hosts),
            "curl": self.curl,
        }


def entries(providers: Sequence[Provider], address: str, at_root: str | None, keys: KeyTable | None = None) -> list[Entry]:
    """The table of *providers* as seen at *address*, which has no slash at its end; *at_root* is served there as well.

    *keys* says which keys are good there.
    """
    asks = f"curl -H {_authorization(keys)}"
    return [_entry(each, address, each.id == at_root, asks) for each in sorted(providers, key=lambda each: each.id != at_root)]


def _authorization(keys: KeyTable | None) -> str:
    """The field of a request with a good key, as a word for a shell; of a key table only its user knows the keys."""
    rights = keys.rights(KEY) if keys is not None else None
    known = keys is None or (rights is not None and rights.state is KeyState.GOOD)
    return f"'Authorization: Bearer {KEY}'" if known else '"Authorization: Bearer $KEY"'


def _entry(provider: Provider, address: str, at_root: bool, asks: str) -> Entry:
    operations = tuple(provider.operations.values())
    below = f"{address}/{provider.id}"
    tops = (address, below) if at_root else (below,)
    lists = [each for each in operations if each.items]
    shaped = [each for each in lists if _is_openai_shaped(each)]
    shown = (*shaped, *lists, *operations)[0]
    return Entry(
        id=provider.id,
        title=provider.title,
        bases=tuple(dict.fromkeys(f"{top}{each.sdk_path}" for top in tops for each in shaped)),
        lists=tuple(f"{top}{each.path}" for top in tops for each in lists if each not in shaped),
        requests=tuple(Request(f"{each.method} {below}{each.path}", _examples(provider, each)) for each in operations),
        hosts=provider.hosts,
        curl=f"{asks} {below}{shown.path}",
    )


def _is_openai_shaped(operation: Operation) -> bool:
    """Whether it is a list that an SDK of OpenAI's reads: ``models`` below the base URL, of things that have an ``id``."""
    return operation.items is not None and operation.items.id == "id" and operation.path.endswith("/models")


def _examples(provider: Provider, operation: Operation) -> Mapping[int, tuple[str, ...]]:
    """The labels that *operation* can be answered with, by status, the default one first."""
    recordings = [each for each in provider.recordings if each.operation == operation.id]
    if operation.retrieves:  # it can be asked to look into any recording of its list
        listed = operation.retrieves.operation
        recordings += [each for each in provider.recordings if (each.operation, each.status) == (listed, 200)]
    recordings.sort(key=lambda each: (each.status, not each.default))
    labels: dict[int, dict[str, None]] = {}
    for each in recordings:
        labels.setdefault(each.status, {})[each.label] = None
    return {status: tuple(each) for status, each in labels.items()}


def table(found: Sequence[Entry], keys: KeyTable | None = None) -> str:
    """*found* as text: providers with their base URLs, the lists that no SDK reads, and one command that can be pasted.

    *keys* says which keys are good there.
    """
    width = max((len(entry.id) for entry in found), default=0)
    lines = [f"Base URLs for SDKs ({good_keys(keys)}):"]
    for entry in found:
        addresses = [*entry.bases, *(f"{each}  (a list of another shape)" for each in entry.lists)]
        lines += [f"  {name:{width}}  {address}" for name, address in zip_longest([entry.id], addresses, fillvalue="")]
    shown = sorted(found, key=lambda entry: not entry.bases)
    lines += [f"{'Try, with a good key as KEY' if '$KEY' in entry.curl else 'Try'}: {entry.curl}" for entry in shown[:1]]
    return "\n".join(lines)
