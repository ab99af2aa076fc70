"""Proof that the suite catches what it must and accuses nobody wrongly.

The one place that knows both packages: it puts the mock, whole or as a mutant, before the suite.
"""
