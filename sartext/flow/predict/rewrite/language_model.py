"""A causal language model of transformers in this process: chats in, answers out, by greedy decoding."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from sartext.errors import UserError
from sartext.flow.engine.device import allotted_device
from sartext.flow.predict.rewrite.answer_grammar import AnswerGrammar
from sartext.narrate.write.twin.rewrite_prompt import ChatMessage

_ROLES = {"system": "Instructions", "user": "Statements", "assistant": "Answer"}


class LanguageModel:
    """A model and its tokenizer, on the device that Ray allotted to this process.

    Where `held` its answers follow their schemas, whatever the weights are.

    Raises `UserError` where the folder holds no causal language model of transformers.
    """

    def __init__(self, folder: str | Path, dtype: str, *, held: bool) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self._device = allotted_device()
        bfloat16 = dtype == "bfloat16" or (dtype == "auto" and self._device.type == "cuda" and torch.cuda.is_bf16_supported())
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True, padding_side="left")
            model: Any = AutoModelForCausalLM.from_pretrained(
                folder, local_files_only=True, dtype=torch.bfloat16 if bfloat16 else torch.float32
            )
        except (OSError, ValueError, KeyError) as error:
            raise UserError(f"{folder} holds no causal language model that transformers loads ({error})") from error
        if self._tokenizer.pad_token_id is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        self._model = model.to(self._device).eval()
        self._grammar = AnswerGrammar(self._tokenizer, int(model.config.vocab_size), self._ends()) if held else None

    def _ends(self) -> list[int]:
        """The tokens at which `generate` ends an answer."""
        ends = self._model.generation_config.eos_token_id
        return [self._tokenizer.eos_token_id] if ends is None else ends if isinstance(ends, list) else [ends]

    def answers(self, chats: Sequence[Sequence[ChatMessage]], schemas: Sequence[str], *, max_tokens: int) -> list[str]:
        """The likeliest answer to each chat, token by token; a chat that leaves no room in the context for it has none ("").

        An answer follows its JSON schema where the model is held to it, unless `max_tokens` cut it.
        """
        texts = [self._text(chat) for chat in chats]
        room = int(getattr(self._model.config, "max_position_embeddings", 1 << 30)) - max_tokens
        fits = [len(self._tokenizer(text, add_special_tokens=False).input_ids) <= room for text in texts]
        taken = [(text, schema) for text, schema, one in zip(texts, schemas, fits, strict=True) if one]
        said = iter(self._answered([text for text, _ in taken], [schema for _, schema in taken], max_tokens) if taken else ())
        return [next(said) if one else "" for one in fits]

    def _text(self, chat: Sequence[ChatMessage]) -> str:
        """The chat as the model's template has it, or as plain paragraphs where it has none."""
        if self._tokenizer.chat_template is not None:
            return str(self._tokenizer.apply_chat_template(list(chat), tokenize=False, add_generation_prompt=True))
        return "\n\n".join([*[f"{_ROLES[one['role']]}:\n{one['content']}" for one in chat], "Answer:\n"])

    @torch.inference_mode()
    def _answered(self, texts: Sequence[str], schemas: Sequence[str], max_tokens: int) -> list[str]:
        batch = self._tokenizer(list(texts), return_tensors="pt", padding=True, add_special_tokens=False).to(self._device)
        made = self._model.generate(
            input_ids=batch.input_ids,
            attention_mask=batch.attention_mask,
            max_new_tokens=max_tokens,
            do_sample=False,
            num_beams=1,
            temperature=None,
            top_p=None,
            top_k=None,
            pad_token_id=self._tokenizer.pad_token_id,
            logits_processor=None if self._grammar is None else [self._grammar.processor(schemas)],
        )
        answers = made[:, batch.input_ids.shape[1] :]
        return [str(one) for one in self._tokenizer.batch_decode(answers, skip_special_tokens=True)]
