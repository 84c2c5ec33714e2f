"""Each threat and each fault, what guards against it, and the test that fails without that guard.

The rows stand in ``threats.toml`` and ``faults.toml``. ``python -m tests.guards`` takes each guard
out of a copy of the tree and runs its test there.
"""
