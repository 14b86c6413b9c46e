"""Arrays and strings in, numbers out: retrieval, captions, facts, answers to questions."""
