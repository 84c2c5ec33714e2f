"""Mixed load for a long time: nothing fails, nothing grows.

``python -m tests.soak --minutes 30`` measures it; the suite runs a short one, without a clock.
"""
