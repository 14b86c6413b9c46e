"""Every module has a test file of its own, but for those that stand here with what tests them instead."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
