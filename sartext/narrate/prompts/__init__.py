"""A tile -> messages for a language model; its answer -> captions."""
