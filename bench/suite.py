"""The suite of this project as one of two testers."""

from __future__ import annotations

import time

import httpx2

from bench.result import Result
from bench.targets import Served, Target, provider
from conformance.plan import READING, Permissions
from proof.in_process import InProcess
from proof.trial import judged
from specs.requirement import Lens


def run(target: Target, served: Served, *, depth: str) -> Result:
    """What the suite makes of *served* at *depth*: its plan is made anew, as somebody who runs it once would have it.

    What counts is whether *served* keeps its document: of what clients make of it, no OpenAPI document speaks.
    """
    begun = time.process_time()
    transport: httpx2.BaseTransport = httpx2.HTTPTransport(verify=False) if served.root else InProcess(served.app)
    found = judged(
        provider(target.provider),
        transport,
        root=served.root or "http://127.0.0.1",
        depth=depth,
        seed=target.seed,
        permissions=Permissions(READING | {"POST"}, "probe-rate-limit" in served.needs),
        clock=served.clock,
        sleep=served.clock.sleep,
    )
    seconds = time.process_time() - begun
    errors = (found.refusal,) if found.refusal else ()
    return Result(frozenset(found.accused_by(Lens.DOCUMENT)), served.asked(), seconds, errors)
