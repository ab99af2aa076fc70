"""How fast the mock is beside other servers, in one run: ``make bench`` (``python -m bench.speed``).

The same lists (`lists`) are given to every contestant (`contestants`), each of which is started anew in each round
(`life`), asked over a socket by wrk (`wrk`) and at fixed rates (`open_model`), and stopped. What is seen are samples
(`sample`), whose medians make the rows of a table (`figures`, `table`, `plot`) and what the goals are held against (`goals`).
"""
