"""Reports from their files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from specs import formats
from specs.errors import SpecError

Report = Mapping[str, Any]
"""The JSON value of a report, which is of the format ``report``."""

VERSION = 2
"""Of the format."""

MOST_BYTES = 64 * 1024 * 1024


def read(path: Path) -> Report:
    """The report in the file at *path*. Raises SpecError for anything else, and for one of another version."""
    file = str(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SpecError(file, "", found="a larger file", expected=f"a report of at most {MOST_BYTES} bytes")
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise SpecError(file, "", found="no such file", expected="one that --report-json wrote") from None
    except OSError as error:
        raise SpecError(file, "", found=f"what cannot be read ({error.strerror})", expected="a file") from None
    except (ValueError, RecursionError):
        raise SpecError(file, "", found="what is no JSON", expected="a report, as --report-json writes it") from None
    if not (isinstance(value, dict) and "runs" in value and isinstance(value.get("version"), int)):
        raise SpecError(file, "", found="other JSON", expected="a report, as --report-json writes it")
    if "suite" in value and "tool" not in value:
        hint = "judge it again with check --replay FILE --report-json REPORT"
        raise SpecError(file, "", found="a transcript, as --record writes it", expected="a report", hint=hint)
    if value["version"] != VERSION:
        newer = value["version"] > VERSION
        hint = "read it with the version of this project that wrote it" if newer else "judge again to get a new one"
        raise SpecError(
            file, "/version", found=f"version {str(value['version'])[:20]}", expected=f"version {VERSION}", hint=hint
        )
    formats.check(value, "report", file)
    return value
