"""Schemathesis before the mock, with every check, for every contract: ``make schemathesis`` (``python -m bench.schemathesis``).

The mock is a process of its own, asked over sockets. What Schemathesis calls a failure is one, but for what `waivers.yaml`
explains: each waiver has its reason, and where that stands. A failure that none explains ends the command with 1, as does a
waiver that explains none, and an operation that was never asked for.
"""
