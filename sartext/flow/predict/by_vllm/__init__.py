"""Captions by vLLM: the rule that asks, what it asks, and the engine that answers."""
