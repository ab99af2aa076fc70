"""What several workers over one Redis do, in one run: ``make bench-scaling`` (``python -m bench.scaling``).

One worker and two are asked by wrk in turn (`life`), each with a share of a core (`quota`) so that the generator and Redis
have room. What is seen (`seen`) gives what a request costs worker, Redis and network (`cost`), from which a fleet is
predicted (`fleet`); `page` writes all of it.
"""
