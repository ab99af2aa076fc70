"""The command ``gateway-contracts``, and what it does beside serving (`mockserver`) and judging (`conformance`)."""
