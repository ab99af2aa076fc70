"""What the suite leaves out when it starts, so that it starts fast."""

from __future__ import annotations

import subprocess
import sys

# Libraries that some options or mistakes need, each as long to import as a good part of the suite.
LATER = {"jinja2", "jsonpath", "jsonschema", "mockserver", "prometheus_client", "referencing", "rich", "starlette", "uvicorn"}


def test_what_only_some_runs_need_is_not_imported_at_the_start() -> None:
    code = (
        "import sys, specs, conformance.plugin; dict(specs.on_demand(fixtures=None));"
        f" print(*sorted(set(sys.modules) & {LATER}))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout.split() == []
