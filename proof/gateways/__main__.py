"""``python -m proof.gateways``: prints the table of docs/gateways.md."""

from __future__ import annotations

import argparse

from proof.gateways.table import table

if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m proof.gateways", description="Prints the table of docs/gateways.md.").parse_args()
    print(table())
