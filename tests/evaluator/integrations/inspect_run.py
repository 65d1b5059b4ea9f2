"""Runs the task with a model that answers what is in answers.json, in Inspect's own environment.

Arguments: the folder with answers.json, where the log goes too; and the scorer, `own` or `exit`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from humaneval_task import humaneval
from inspect_ai import eval as evaluate
from inspect_ai.model import ModelOutput, ModelUsage, get_model


def main(folder: Path, scorer: str) -> None:
    answers: dict[str, str] = json.loads((folder / "answers.json").read_text())

    def answer(messages: list[Any], *_others: Any) -> ModelOutput:
        [text] = [text for prompt, text in answers.items() if prompt == messages[-1].text]
        output = ModelOutput.from_content("mockllm/model", text)
        output.usage = ModelUsage()  # Inspect would fetch a tokenizer to count
        return output

    task = humaneval()
    if scorer == "own":
        from evaluator.integrations.inspect_plugin import verdict  # else Inspect finds the sandbox by itself

        task.scorer = [verdict()]
    model = get_model("mockllm/model", custom_outputs=answer)
    [log] = evaluate(task, model=model, log_dir=str(folder), display="none", log_level="warning")
    assert log.status == "success", log.error
    scores = {each.id: next(iter(each.scores.values())).model_dump() for each in log.samples}
    accuracy = log.results.scores[0].metrics["accuracy"].value
    told = {"log": log.location, "scores": scores, "accuracy": accuracy}
    sys.stdout.write(json.dumps(told) + "\n")


main(Path(sys.argv[1]), sys.argv[2])
