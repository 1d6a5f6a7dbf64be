"""The log: an append-only store of facts, and the operational state beside it."""
