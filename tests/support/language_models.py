"""Tiny language models as folders, of random weights: they say anything."""

from pathlib import Path

from sartext.models.text import byte_level_bpe

_TEMPLATE = "{% for one in messages %}{{ one.role }}: {{ one.content }}\n{% endfor %}"


def untrained_llama(folder: Path, *, template: bool = True) -> Path:
    """A Llama of some ten thousand random weights with room for 8,192 tokens, saved as transformers saves one."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = byte_level_bpe(["a lake in the upper left", "a bridge"], 300, ("<pad>", "<end>"), lower_case=False)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="<end>")
    if template:
        tokenizer.chat_template = _TEMPLATE
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,  # two heads of 32, which vLLM has on processors
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=8192,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder
