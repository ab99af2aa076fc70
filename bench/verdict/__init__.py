"""How long the suite takes to a verdict, as a process from its start to its end, and how that grows with the catalogue."""
