"""The invariants by name: what `check: {invariant: …}` in requirements.yaml may say."""

from collections.abc import Mapping

from conformance.invariants.absence import Absent
from conformance.invariants.identity import Equal, Unique
from conformance.invariants.invariant import Invariant
from conformance.invariants.member_list import Members
from conformance.invariants.text import StrictJson
from conformance.invariants.tier import Tiers
from conformance.invariants.time import EpochSeconds

INVARIANTS: Mapping[str, type[Invariant]] = {
    "strict-json": StrictJson,
    "absent": Absent,
    "unique": Unique,
    "equal": Equal,
    "epoch-seconds": EpochSeconds,
    "members": Members,
    "tiers": Tiers,
}
"""Each class's fields are the parameters that requirements.yaml gives."""
