"""Changes between two sides of anything: what they are called, how bad they are, and how they are told."""
