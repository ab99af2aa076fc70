"""The first contract of another gateway, made from templates: ``python -m specs.scaffold NAME``."""

from specs.scaffold.draft import Draft, DraftError

__all__ = ["Draft", "DraftError"]
