"""The journal: what was asked and answered, without keys, bounded; and what can be read from it. Pure values, no clock."""

from mockserver.chaos import Draw
from mockserver.journal.entry import Cause, Entry, Step, entry_of, fingerprint
from mockserver.journal.journal import Journal, Tally
from mockserver.journal.ring import Ring

__all__ = ["Cause", "Draw", "Entry", "Journal", "Ring", "Step", "Tally", "entry_of", "fingerprint"]
