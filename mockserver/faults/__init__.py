"""The table of all faults, by name."""

from __future__ import annotations

from mockserver.credentials import MAGIC
from mockserver.faults.body import BODY_FAULTS
from mockserver.faults.fault import ALL, Fault
from mockserver.faults.wire import WIRE_FAULTS

FAULTS = {fault.name: fault for fault in (*WIRE_FAULTS, *BODY_FAULTS)}
KEYS = tuple(f"{MAGIC}{fault.key}" for fault in FAULTS.values())  # the magic keys
PARAMETERS = tuple(dict.fromkeys(each.name for fault in FAULTS.values() for each in fault.parameters))


def find(name: str) -> Fault | None:
    """The fault *name*, in any case and with - for _, or None."""
    return FAULTS.get(name.upper().replace("-", "_"))


def by_key(key: str) -> Fault | None:
    """The fault that the magic *key* stands for, such as ``sk-mock-truncate``, or None."""
    return find(key.removeprefix(MAGIC)) if key.startswith(MAGIC) else None


def table() -> str:
    """All faults as text, one a line, each with its parameters."""
    width = max(map(len, FAULTS))
    return "\n".join(f"  {fault.name:{width}}  {fault.says}{_limits(fault)}{_parameters(fault)}" for fault in FAULTS.values())


def _limits(fault: Fault) -> str:
    return "" if fault.applies == ALL else f" Of {' and '.join(f'{each.value}s' for each in fault.applies)} only."


def _parameters(fault: Fault) -> str:
    return "".join(f" {each.name}= {each.says} ({_default(each.default)})." for each in fault.parameters)


def _default(default: float | str) -> str:
    return (default or "id") if isinstance(default, str) else f"{default:.0f}"
