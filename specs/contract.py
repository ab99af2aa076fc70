"""What a contract says of one operation, as values. Knows nothing of files or of OpenAPI's spelling."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


class Authentication(enum.Enum):
    """Whether an operation wants a bearer token (OpenAPI 3.1 section 4.8.30)."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"


@dataclass(frozen=True)
class Items:
    """Where the 200 answer of a list holds its items (*at*, a JSON Pointer), and which member names one."""

    at: str
    id: str


@dataclass(frozen=True)
class Retrieves:
    """The operation gives one item of the list *operation*, named by the path parameter *parameter*."""

    operation: str
    parameter: str


@dataclass(frozen=True)
class Filter:
    """A query parameter that keeps the items whose *field* fits its value.

    *match* is ``member`` (the field is a list, or a string with commas) or ``contains`` (text in text).
    *list* says what several values with commas between mean: ``all``, ``any``, or None for one value only.
    *aliases* maps old names of values to present ones.
    """

    field: str
    match: str
    list: str | None
    aliases: Mapping[str, str]


@dataclass(frozen=True)
class Order:
    """How one value of a sorting parameter orders the items; exactly one of the three is set.

    *number*: a JSON Pointer into the item. *first*: (field, text) of the items that come first.
    *default*: as without the parameter. *visible*: the page says which field it is.
    """

    number: str | None = None
    first: tuple[str, str] | None = None
    default: bool = False
    visible: bool = True


@dataclass(frozen=True)
class Sort:
    """A query parameter whose values are orders; *direction* names the parameter that turns them round."""

    orders: Mapping[str, Order]
    direction: str | None
    descending: bool


@dataclass(frozen=True)
class Parameter:
    """One parameter; *values* is its documented closed list, or empty; *location* is ``query``, ``path`` or ``header``.

    *schema* is the JSON Pointer of its schema, None where it has none.
    """

    name: str
    location: str
    values: tuple[str, ...] = ()
    filter: Filter | None = None
    sort: Sort | None = None
    required: bool = False
    schema: str | None = None


@dataclass(frozen=True)
class ResponseHeader:
    """A documented field of an answer; *constant* is its one documented value, where there is one."""

    name: str
    constant: str | None


@dataclass(frozen=True)
class Response:
    """One documented answer. *schema* is the JSON Pointer of its body's schema, None where there is none."""

    status: int
    media_type: str | None
    schema: str | None
    headers: tuple[ResponseHeader, ...]

    def header(self, name: str) -> ResponseHeader | None:
        """The documented field *name*, in any case."""
        return next((header for header in self.headers if header.name.lower() == name.lower()), None)


@dataclass(frozen=True)
class Unit:
    """What an amount buys: *number* of *of*, such as 1000000 of ``token``."""

    number: int
    of: str


@dataclass(frozen=True)
class Prices:
    """Where prices stand in an item: *kinds* maps what is paid for to the pointer of a price, or of a list of prices.

    *amount* is a pointer into one price, empty where the price is the amount itself; *conditions* points to when it
    holds. The currency is *currency*, or stands at *currency_at*. The unit is *unit*, or the one of *units* that is
    named at *unit_at*; without either nobody knows it, and it is the same for all.
    """

    kinds: Mapping[str, str]
    amount: str = ""
    currency: str | None = None
    currency_at: str | None = None
    unit: Unit | None = None
    unit_at: str | None = None
    units: Mapping[str, Unit] = field(default_factory=_nothing)
    conditions: str | None = None


@dataclass(frozen=True)
class Facts:
    """Where an item of a list says what clients choose models by; each is a JSON Pointer into the item.

    *limits* are counts of tokens by what they bound, *lists* are arrays, or strings with commas, by what they list, and
    *flags* are booleans by the feature that they stand for. At *deprecated* stands true, or when the model goes.
    """

    name: str | None = None
    owner: str | None = None
    created: str | None = None
    deprecated: str | None = None
    limits: Mapping[str, str] = field(default_factory=_nothing)
    lists: Mapping[str, str] = field(default_factory=_nothing)
    flags: Mapping[str, str] = field(default_factory=_nothing)
    prices: Prices | None = None

    def pointers(self) -> Iterator[tuple[str, str]]:
        """Every fact with its pointer; ``*`` in that of a price stands for each price of a kind that has several."""
        for name in ("name", "owner", "created", "deprecated"):
            if at := getattr(self, name):
                yield name, at
        for named in (self.limits, self.lists, self.flags):
            yield from named.items()
        if self.prices:
            yield from ((f"price of {kind}", at) for kind, at in self.prices.kinds.items())


@dataclass(frozen=True)
class Operation:
    """One documented request. *path* is the whole path on the host, with ``{parameter}`` where one stands."""

    id: str
    method: str
    path: str
    authentication: Authentication
    parameters: tuple[Parameter, ...]
    responses: Mapping[int, Response]
    items: Items | None
    retrieves: Retrieves | None
    facts: Facts = Facts()

    def parameter(self, name: str) -> Parameter:
        """The parameter *name*; raises KeyError when there is none."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise KeyError(name)

    @property
    def query_parameters(self) -> tuple[Parameter, ...]:
        """The parameters that stand in the query."""
        return tuple(parameter for parameter in self.parameters if parameter.location == "query")

    @property
    def sdk_path(self) -> str:
        """What an SDK's ``base_url`` has behind the host: the path up to ``/models``."""
        return self.path.partition("/{")[0].rpartition("/")[0]


class Asked(enum.Enum):
    """How the request differs whose answer shows a capability: not at all, by no key, or by one that nobody has."""

    PLAIN = "plain"
    ANONYMOUS = "anonymous"
    WRONG_KEY = "wrong-key"


@dataclass(frozen=True)
class Capability:
    """Something that gateways of one contract may have or not, and how a target shows which.

    *operation* is asked as *asked* says. The capability is absent when the status is one of *absent*, or when the
    body has nothing at the JSON Pointer *holds*, where there is one.
    """

    name: str
    says: str
    operation: str
    asked: Asked
    absent: tuple[int, ...]
    holds: str | None

    def offers(self, operation: str) -> bool:
        """Whether it is *operation* itself that a target may lack."""
        return self.operation == operation and self.asked is Asked.PLAIN


@dataclass(frozen=True)
class RateLimit:
    """At most *requests* calls in any *window_s* seconds for each key, over all operations."""

    requests: int
    window_s: int
