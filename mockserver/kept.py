"""What has been made before, kept for the next time, as long as there is room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class Kept(Generic[V]):
    """At most *most* values of at most *room* together, by the measure *weigh*; the one used longest ago goes first.

    Any thread may ask for one; what two make at once is kept once.
    """

    def __init__(self, most: int, room: int, weigh: Callable[[V], int]) -> None:
        self._most = most
        self._room = room
        self._weigh = weigh
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value of *key*, by *make* where it is not kept; one that alone is too heavy is not kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        weight = self._weigh(value)
        if weight <= self._room:
            with self._lock:
                self._keep(key, value, weight)
        return value

    @property
    def weight(self) -> int:
        """What all the values weigh together."""
        return self._weight

    def _keep(self, key: Hashable, value: V, weight: int) -> None:
        if key in self._values:
            return
        self._values[key] = value
        self._weight += weight
        while len(self._values) > self._most or self._weight > self._room:
            _, oldest = self._values.popitem(last=False)
            self._weight -= self._weigh(oldest)
