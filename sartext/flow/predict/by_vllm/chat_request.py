"""What a language model is asked by text alone: a chat, and a seed."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ChatRequest:
    """Turns of a chat, of which the last is to be answered; what is the same in many comes first, and is computed once."""

    turns: tuple[tuple[str, str], ...]  # role and text
    seed: int | None = None

    def messages(self) -> list[dict[str, Any]]:
        """The chat as the engine takes it."""
        return [{"role": role, "content": text} for role, text in self.turns]
