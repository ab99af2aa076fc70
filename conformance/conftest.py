"""Makes `pytest conformance` know the suite; `pytest --pyargs conformance` does by pyargs.py."""

pytest_plugins = ["conformance.plugin"]
collect_ignore = ["selftest"]
