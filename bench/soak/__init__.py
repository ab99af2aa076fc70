"""What the mock stands for a long time, under load and under attack: ``make soak`` (``python -m bench.soak SCENARIO``).

Each scenario is a command that starts a mock of its own, and says what was sent, answered and lost, with how much memory the
mock had first and last. It ends with 1 where something was lost that was not meant to be, or where memory or open files grew.
`accounted` sends so many requests, each of which is accounted for three times; the others send for so many seconds.
"""
