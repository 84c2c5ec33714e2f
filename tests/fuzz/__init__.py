"""Whatever bytes come: every parser that takes foreign ones answers, or says what is wrong.

``python -m tests.fuzz --minutes 10 [NAME]`` runs them for long; the suite runs every input that
ever failed (``cases/NAME/``) and some hundred new ones each.
"""
