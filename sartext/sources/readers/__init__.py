"""Scenes as their files hold them: each reader knows one kind of file."""
