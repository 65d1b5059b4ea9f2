"""What a forecast's page says beside its headline, by kind: sentences, and the laws that were mixed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from evaluator.web.formatting import percent

__all__ = ["TITLES", "Facts", "Law", "facts_of"]

TITLES: Final = {
    "capability": "Pass rates",
    "loss": "Loss",
    "accuracy": "Accuracy",
    "run": "Training run",
    "samples": "pass@k",
    "comparison": "Comparison of two models",
}


@dataclass(frozen=True, slots=True)
class Law:
    """A law or distribution of a mixture: its weight, and its own median at the target."""

    name: str
    weight: float
    value: float


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of one forecast.

    Attributes:
        title: what is forecast, as a heading.
        over: the heading of its figure.
        basis: what it was made from, in a few words.
        sentences: what there is to say beside the headline.
        laws: of a mixture, the largest weight first.
        groups: estimates by metric, each group under its heading, the one over everything first.
        next_samples: of samples, the problems whose further samples narrow the interval most.
    """

    title: str
    over: str
    basis: str
    sentences: tuple[str, ...]
    laws: tuple[Law, ...]
    groups: tuple[tuple[str, Mapping[str, Any]], ...]
    next_samples: tuple[Mapping[str, Any], ...] = ()


def facts_of(answer: Mapping[str, Any]) -> Facts:
    """Return the facts of a forecast's answer or registered record."""
    kind = answer["kind"]
    groups = [(_scope(answer), _estimates(answer.get("overall", {"loss": answer.get("loss")})))]
    groups += [
        (f"Bucket {each['name']}, {_count(len(each['problems']), 'problem')}", _estimates(each))
        for each in answer.get("buckets", ())
    ]
    if answer.get("ceiling"):
        groups.append(("The score that the run approaches", {"ceiling": answer["ceiling"]}))
    return Facts(
        TITLES.get(kind, kind),
        {"run": "Over the run", "samples": "Over k", "comparison": "Over k"}.get(kind, "Over compute"),
        _basis(answer),
        tuple(_sentences(answer)),
        _laws(answer),
        tuple(groups),
        tuple(answer.get("next_samples", ()))[:10],
    )


def _estimates(given: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        name: value for name, value in given.items() if isinstance(value, Mapping) and "intervals" in value
    }
    # A registered record has its names in the order of the alphabet: pass@16 after pass@100.
    return dict(sorted(found.items(), key=lambda each: (each[0].startswith("pass@"), len(each[0]), each[0])))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _scope(answer: Mapping[str, Any]) -> str:
    covered = sum(len(bucket["problems"]) for bucket in answer.get("buckets", ()))
    total = covered + len(answer.get("excluded", ()))
    if answer["kind"] == "capability":
        return f"All {total} problems" if covered == total else f"{covered} of {total} problems"
    if answer["kind"] in {"samples", "comparison"}:
        return f"Mean over {_count(len(answer.get('task_ids', ())), 'problem')}"
    return str(answer.get("column", "Forecast"))


def _basis(answer: Mapping[str, Any]) -> str:
    if answer["kind"] == "run":
        steps = answer["train_steps"]
        return f"from {_count(steps['count'], 'step')} up to step {steps['last']:,g}"
    if answer["kind"] == "samples":
        fewest, most = answer["samples"]
        each = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
        return f"from {each} samples of {_count(len(answer.get('task_ids', ())), 'problem')}"
    if answer["kind"] == "comparison":
        return f"from {answer['samples']:,} samples or more of {_count(len(answer['task_ids']), 'problem')}"
    return f"from {_count(len(answer['train_models']), 'model')}"


def _sentences(answer: Mapping[str, Any]) -> list[str]:
    kinds = {
        "accuracy": _of_accuracy, "run": _of_run, "samples": _of_samples, "comparison": _of_comparison,
    }  # fmt: skip
    return kinds[answer["kind"]](answer) if answer["kind"] in kinds else []


def _of_accuracy(answer: Mapping[str, Any]) -> list[str]:
    law = answer["law"]
    found = [f"Guessing has an accuracy of {percent(law.get('chance'))}."]
    if law.get("ceiling") is None:
        found.append("The best possible accuracy was not given; the intervals allow for any.")
    else:
        found.append(f"The best possible accuracy is {percent(law['ceiling'])}.")
    if answer.get("loss_column"):
        found.append(f"The task loss {answer['loss_column']} was used as well.")
    return found


def _of_run(answer: Mapping[str, Any]) -> list[str]:
    found = [f"The last score that was used is {percent(answer['train_steps']['last_score'])}."]
    if ceiling := answer.get("ceiling"):
        low, high = ceiling["intervals"]["80"]
        found.append(
            f"The run approaches {percent(ceiling['point'])} (80% interval {100 * low:.1f}–{percent(high)})."
        )
    return found


def _of_samples(answer: Mapping[str, Any]) -> list[str]:
    problems = _count(len(answer.get("task_ids", ())), "problem")
    found = [f"{answer['solved']:,} of {problems} have at least one sample that passed."]
    for k, value in sorted(answer.get("unbiased", {}).items(), key=lambda each: int(each[0])):
        found.append(f"The unbiased estimate of pass@{int(k):,} from the samples is {percent(value)}.")
    need = answer.get("coverage")
    if need and need["samples"] is None:
        found.append(f"A pass@k of {percent(need['coverage'])} is not reached within 1,000,000 samples.")
    elif need:
        low, high = need["intervals"]["80"]
        upper = "more than 1,000,000" if high is None else f"{high:,}"
        found.append(
            f"A pass@k of {percent(need['coverage'])} needs about {need['samples']:,} samples of each "
            f"problem (80% interval {low:,} to {upper})."
        )
    return found


def _of_comparison(answer: Mapping[str, Any]) -> list[str]:
    models, up_to, turn = answer["models"], answer["up_to"], answer["turn"]["first_turn"]
    turned, low, high = (_at_k(value, up_to) for value in (turn["point"], *turn["intervals"]["80"]))
    return [
        f"A is {models['a'] or 'without a name'}, B is {models['b'] or 'without a name'}.",
        f"At k = {up_to:,}, B is ahead with a probability of {answer['chances']['b_ahead']:.0%}.",
        f"The order of k = 1 first turns at k = {turned} (80% interval {low} to {high}).",
    ]


def _at_k(value: float, up_to: int) -> str:
    return f"{value:,.0f}" if value <= up_to else f"more than {up_to:,}"


def _laws(answer: Mapping[str, Any]) -> tuple[Law, ...]:
    found = []
    for name, member in answer.get("members", {}).items():
        value = member.get("accuracy", member.get("value"))
        if "pass_at" in member:
            value = member["pass_at"][max(member["pass_at"], key=int)]
        if value is not None and member["weight"] >= 0.005:
            found.append(Law(name.replace("-", " "), member["weight"], value))
    return tuple(sorted(found, key=lambda law: -law.weight))
