"""The conformance suite: judges a gateway against what its provider documents.

Run as ``pytest conformance --target URL``. Imports `specs`, and nothing of the mock.
"""
