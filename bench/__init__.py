"""What the mock stands, shown over real sockets, and how the suite compares.

``make soak`` (``python -m bench.soak accounted``) sends 10 000 requests over 200 connections to a mock with chaos on, for each
provider, and accounts for every one of them three times: as the seed draws it, as the client sees it, as the journal counts it.
It ends with 1 if an answer is lost, if a count differs, if the mock's memory or its open files grew, or if it
printed anything that it should not. ``make soak ARGS='accounted --requests 2000 --chaos TIMEOUT=0.001 --no-session'``
narrows it. ``make soak ARGS=sessions`` and others go on for a time: many connections, sessions, slow clients, malformed HTTP, a
worker that is killed, a Redis that goes and comes; ``--help`` lists them.

``make bench`` (``python -m bench.speed``) measures how fast the mock is beside other servers in the same run; `locustfile.py`
drives a mock as SDKs would.

``make schemathesis`` (``python -m bench.schemathesis``) lets Schemathesis look for failures of the mock.

``make compare`` (``python -m bench.compare``) puts the suite and Schemathesis before the same mutants and twins,
served alike, and prints what each killed, accused and took.
"""
