"""The files that a run writes, and the older reports it is compared with, as the command line names them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conformance import whole_file
from conformance.reports.formats import FORMATS, TRENDS
from conformance.reports.reading import Report, read
from specs.errors import SpecError

JUNITXML = pytest.StashKey[str | None]()
"""The value of pytest's own option, which is taken from pytest so that the file is written from the report."""

READ = ("--targets", "--waivers", "--replay", "--cacert")
"""Files that a run reads, and that no report may replace."""


@dataclass(frozen=True)
class Outputs:
    """What a run writes beside its transcript: the report as *json*, and in other formats the *files*, by option.

    *previous* are older reports. *token* is set where GitHub is given annotations: it frames all other output, so
    that no gateway can slip in a command for the runner.
    """

    json: Path | None = None
    files: Mapping[str, Path] = field(default_factory=dict)
    previous: tuple[Report, ...] = ()
    token: str = field(default="", repr=False)


NOTHING = Outputs()


def add(option: Callable[..., object]) -> None:
    """Adds the options by *option*."""
    option("--report-json", type=Path, metavar="FILE", help="write the findings as JSON, from which every other report is made")
    for name, each in FORMATS.items():
        if each.help:
            option(name, type=Path, metavar="FILE", help=each.help)
    option(
        "--report-previous",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="an older JSON report, to show what changed since; may be given again",
    )
    option("--report-annotations", action="store_true", help="print the worst findings as annotations for GitHub Actions")


def outputs(config: pytest.Config) -> Outputs:
    """What *config* asks for. Raises pytest.UsageError for what could not be written, before anything is sent."""
    get = config.getoption
    files = {name: get(name) for name, each in FORMATS.items() if each.help and get(name)}
    if junitxml := config.stash.get(JUNITXML, None):
        files["--junitxml"] = Path(junitxml).expanduser()
        if get("--junit-prefix"):
            raise pytest.UsageError("--junit-prefix has no effect on the suite's report; leave it out")
    written = {name: get(name) for name in ("--record", "--report-json") if get(name)} | files
    held = [(name, get(name)) for name in READ if get(name)]
    # A new report may take the place of the older one, which is read before.
    held += [("--report-previous", path) for path in get("--report-previous") if path != get("--report-json")]
    if problem := whole_file.refusal(written, held):
        raise pytest.UsageError(problem)
    if get("--plan"):
        asked = [each for each in (*written, "--report-annotations") if each != "--record" and (each in written or get(each))]
        if asked:
            raise pytest.UsageError(f"{asked[0]} and --plan contradict each other, as --plan judges nothing; give one of them")
    if get("--report-previous") and not TRENDS & set(files):
        raise pytest.UsageError(f"--report-previous has no effect without {' or '.join(sorted(TRENDS))}")
    try:
        previous = tuple(read(path) for path in get("--report-previous"))
    except SpecError as error:
        raise pytest.UsageError(f"--report-previous: {error}") from None
    token = secrets.token_hex(16) if get("--report-annotations") else ""
    return Outputs(get("--report-json"), files, previous, token)
