"""A report as people and CI systems read it: each format is a pure function from the JSON of ``report.schema.json`` to text.

Nothing here sends, judges or reads a clock, so a report can be written again in another format at any time.
"""
