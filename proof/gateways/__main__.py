"""``python -m proof.gateways``: prints the table of docs/gateways.md."""

from __future__ import annotations

from proof.gateways.table import table

if __name__ == "__main__":
    print(table())
