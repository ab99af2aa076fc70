from __future__ import annotations

from hypothesis import settings

# A machine may have much else to do: no example is timed.
settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")
