"""The parts of a turn. Each reads and fills the turn's `State`; `agent/loop.py` calls them in their order."""
