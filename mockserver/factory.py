"""The app of a command's options, in whichever process: a worker makes its own, and finds this module by its name."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp

from mockserver import key_file
from mockserver.app import create_app
from mockserver.chaos import rates
from mockserver.errors import UsageError
from mockserver.keys import KeyTable
from mockserver.workers import follow_parent
from specs import Provider, load_all


@dataclass(frozen=True)
class Factory:
    """Makes the app that *options* ask for, in whichever process; *counts* is the folder of several workers' counts."""

    options: argparse.Namespace
    token: str | None
    counts: Path | None = None

    def __call__(self) -> ASGIApp:
        """The app of a worker."""
        follow_parent()
        return self.app(self.providers(), self.keys())

    def providers(self) -> Mapping[str, Provider]:
        """What is served. Raises UsageError and SpecError for folders that hold no contracts."""
        options = self.options
        for folder in (options.providers, options.fixtures, *([options.recordings] if options.recordings else ())):
            if not os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir raises where it may not look
                raise UsageError(f"{folder}: expected a folder")
        providers = load_all(options.providers, options.fixtures, served=options.mutant is None)
        if not providers:
            raise UsageError(f"{options.providers}: found no provider, expected at least one <id>/openapi.yaml")
        return providers

    def keys(self) -> KeyTable | None:
        """The rights of keys. Raises SpecError for a file that is no key table."""
        return key_file.load(self.options.keys) if self.options.keys else None

    def app(self, providers: Mapping[str, Provider], keys: KeyTable | None) -> ASGIApp:
        """The app that serves *providers* to those *keys*. Raises UsageError and SpecError for options that cannot be."""
        options = self.options
        return create_app(
            providers,
            provider=options.provider,
            example=options.example,
            mutant=options.mutant,
            rate_limit=options.rate_limit,
            chaos=rates(options.chaos) if options.chaos is not None else {},
            seed=options.seed,
            fault=options.fault,
            keys=keys,
            recordings=options.recordings,
            state=options.state,
            counts=self.counts,
            say=say,
            host=options.host,
            admin_token=self.token,
            cors=options.cors,
            log=options.log,
        )


def say(sentence: str) -> None:
    """Prints *sentence* on stderr."""
    print(f"mockserver: {sentence}", file=sys.stderr, flush=True)
