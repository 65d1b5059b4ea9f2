"""Answers that think aloud before they solve, and the marks of turns and ends of models."""

from tests.evaluator.chat_shapes.pieces import BODY, DRAFT, FULL, PROMPT, fenced

REASONING = {
    "think, then a block": f"<think>\nA draft:\n{fenced(DRAFT)}No.\n</think>\n\n{fenced(FULL)}",
    "think without its opening": f"Let me try.\n{fenced(DRAFT)}Hmm, wrong.\n</think>\n\n{fenced(FULL)}",
    "think, then a bare function": f"<think>\n{DRAFT}\n</think>\n{FULL}",
    "think, then a bare body": f"<think>return the longest</think>\n{BODY}",
    "empty think": f"<think>\n\n</think>\n\n{fenced(FULL)}",
    "the tag is talked about while thinking": f"<think>I close with </think> later.\n{fenced(DRAFT)}</think>\n{fenced(FULL)}",
    "two parts of thought": f"<think>a</think>\n{fenced(DRAFT)}\n<think>that was wrong</think>\n{fenced(FULL)}",
    "thinking": f"<thinking>\n{fenced(DRAFT)}\n</thinking>\n{fenced(FULL)}",
    "thought": f"<thought>\n{DRAFT}\n</thought>\n\n{fenced(FULL)}",
    "capital think in brackets": f"[THINK]{fenced(DRAFT)}[/THINK]{fenced(FULL)}",
    "seed's think": f"<seed:think>\n{fenced(DRAFT)}</seed:think>{fenced(FULL)}",
    "kimi's think": f"◁think▷{fenced(DRAFT)}◁/think▷{fenced(FULL)}",
    "thought and solution": (
        f"<|begin_of_thought|>\n{fenced(DRAFT)}\n<|end_of_thought|>\n\n<|begin_of_solution|>\n{fenced(FULL)}<|end_of_solution|>"
    ),
    "command's thinking": f"<|START_THINKING|>{fenced(DRAFT)}<|END_THINKING|><|START_RESPONSE|>{fenced(FULL)}<|END_RESPONSE|>",
    "channels": (
        f"<|channel|>analysis<|message|>Try.\n{fenced(DRAFT)}<|end|><|start|>assistant<|channel|>final<|message|>{fenced(FULL)}<|return|>"
    ),
    "reasons after the answer": f"<answer>\n{fenced(FULL)}</answer>\n<reasoning>\nIt is the first: {fenced(DRAFT)}</reasoning>\n",
    "think tags in the code's own text": fenced(
        FULL.replace("return best", "return best.replace('</think>', '')")
    ),
    "scratchpad": f"<scratchpad>\n{fenced(DRAFT)}\n</scratchpad>\nFinal:\n{fenced(FULL)}",
}

ENDS = [
    "<|endoftext|>", "<|im_end|>", "<|eot_id|>", "<|end|>", "</s>", "<eos>", "<end_of_turn>", "<|EOT|>", "<EOT>",
    "<\uff5cend▁of▁sentence\uff5c>", "<|end_of_text|>", "<|return|>", "<|im_end|>\n<|im_start|>user\nThanks", "<|END_OF_TURN_TOKEN|>",
    "<|file_sep|>", "<file_sep>", "[/INST]", "[EOS]", " [end of text]", "<pad><pad>", "<eoa>", "<|user|>\nNext", "[|endofturn|]",
    "<|endofprompt|>", "<end_of_utterance>", "<reserved_106>", "<|fim_pad|>", "<extra_id_1>",
]  # fmt: skip

TURNS = {
    "assistant's header": f"<|im_start|>assistant\n{fenced(FULL)}<|im_end|>",
    "llama's header": f"<|start_header_id|>assistant<|end_header_id|>\n\n{FULL}<|eot_id|>",
    "a whole transcript": f"<|im_start|>user\n{PROMPT}<|im_end|>\n<|im_start|>assistant\n{FULL}<|im_end|>",
    "instruction's end": f"<s>[INST] Write it. [/INST] {fenced(FULL)}</s>",
    "gemma's turns": f"<start_of_turn>model\n{fenced(FULL)}<end_of_turn>",
    "begin of text": f"<|begin_of_text|>{FULL}",
}
