"""Examples in the commands' help, by the command's name; a test gives each to the real parser."""

from typing import Final

import click

__all__ = ["EXAMPLES", "add_examples"]

EXAMPLES: Final[dict[str, tuple[str, ...]]] = {
    "generate": (
        "passlaw generate --base-url http://localhost:8000/v1 --model my-7b --n 20 --output my-7b.jsonl",
        "passlaw generate --base-url http://localhost:8000/v1 --model chat-7b --chat --output chat.jsonl",
    ),
    "evaluate": (
        "passlaw evaluate samples.jsonl",
        "passlaw evaluate chat.jsonl --sanitize --k 1,5 --model my-7b-chat --params 7B --tokens 2T",
        "passlaw evaluate samples.jsonl --problems problems.jsonl --store runs.db",
        "passlaw evaluate samples.jsonl --follow wandb:my-evals",
    ),
    "runs list": (
        "passlaw runs list --store runs.db --model my-7b",
        "passlaw runs list --problems humaneval --state done --ids",
    ),
    "runs show": ("passlaw runs show 1a22a15bbf18aac5d08c0 --store runs.db",),
    "runs cancel": ("passlaw runs cancel 1a22a15bbf18aac5d08c0 --store runs.db",),
    "rates": ("passlaw rates small_run.json medium_run.json --output counts.csv",),
    "compare": (
        "passlaw compare a.jsonl_results.jsonl b.jsonl_results.jsonl",
        "passlaw compare counts.csv::small counts.csv::large --k 10",
    ),
    "problems": ("passlaw problems counts.csv",),
    "flaky": ("passlaw flaky first_results.jsonl second_results.jsonl",),
    "export": ("passlaw export samples.jsonl_results.jsonl --to parquet --output rows.parquet",),
    "models add": ("passlaw models add my-7b --params 7B --tokens 2T --family my",),
    "models list": ("passlaw models list --json",),
    "models import": ("passlaw models import cards.csv",),
    "forecast capability": (
        "passlaw forecast capability counts.csv --target-flops 1e25 --target-name my-70b --json",
        "passlaw forecast capability counts.csv --target-params 70B --target-tokens 15T --plot forecast.svg",
    ),
    "forecast loss": ("passlaw forecast loss losses.csv --column loss --target-flops 1e25",),
    "forecast accuracy": (
        "passlaw forecast accuracy models.csv --column hellaswag --chance 0.25 --target-flops 1e24",
    ),
    "forecast run": ("passlaw forecast run steps.csv --column accuracy --target-step 200",),
    "forecast plan": ("passlaw forecast plan counts.csv --target-flops 1e25 --budget 20000",),
    "forecast samples": ("passlaw forecast samples counts.csv --k 1,10,1000",),
    "forecast register": ("passlaw forecast register forecast.json --table counts.csv",),
    "forecast list": ("passlaw forecast list --log forecasts.jsonl",),
    "forecast resolve": (
        "passlaw forecast resolve forecast.json --table counts.csv",
        "passlaw forecast resolve 8c22f1d0 --outcome pass@1=0.871",
    ),
    "forecast verify": ("passlaw forecast verify --log forecasts.jsonl",),
    "backtest": ("passlaw backtest counts.csv --method report,auto",),
    "cache info": ("passlaw cache info outcomes.sqlite",),
    "cache clear": ("passlaw cache clear outcomes.sqlite",),
    "doctor": ("passlaw doctor",),
    "packages build": ("passlaw packages build science requirements.txt",),
    "packages list": ("passlaw packages list",),
    "packages show": ("passlaw packages show science",),
    "packages remove": ("passlaw packages remove science",),
    "bench": ("passlaw bench samples.jsonl --rounds 3 --only-ours",),
    "serve": ("passlaw serve --port 8400 --store runs.db",),
    "keys create": ("passlaw keys create laptop --scope read --scope submit",),
    "keys list": ("passlaw keys list",),
    "keys revoke": ("passlaw keys revoke 3f0c2a",),
    "selftest": ("passlaw selftest --isolation namespaces",),
}


def add_examples(name: str, command: click.Command) -> None:
    """Put the examples of a command, or of all commands of a group, below its help."""
    if isinstance(command, click.Group):
        for inner, each in command.commands.items():
            add_examples(f"{name} {inner}", each)
    if examples := EXAMPLES.get(name):
        heading = "Example" if len(examples) == 1 else "Examples"
        command.epilog = "\n".join(["\b", f"{heading}:", *(f"  {example}" for example in examples)])
