"""Meaning x facts -> verdicts."""

from sartext.narrate.verify.rule import Verify, claims_of, verdict_of

__all__ = ["Verify", "claims_of", "verdict_of"]
