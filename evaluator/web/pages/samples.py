"""The samples of a run: each different program once with its verdict, its problem's test and reference."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response

from evaluator.service.auth import Reader
from evaluator.service.context import ServiceDep
from evaluator.service.lookup import run_or_404
from evaluator.store.pass_counts import verdicts_of
from evaluator.store.problem_sets import problem_row, task_ids
from evaluator.store.samples import Result, copies_of, count_distinct, page_before, read_results
from evaluator.web.rendering import PageRoute, page
from sandbox import Verdict

__all__ = ["router"]

router = APIRouter(route_class=PageRoute)

RunId = Annotated[str, Path(pattern=r"^[0-9a-f]{21}$")]
_SHOWN: Final = 10
# The texts of a problem that stand beside its samples, by the fields that sets have them in.
_TEXTS: Final = (
    ("Test", ("test", "assertion", "test_list")),
    ("Reference solution", ("canonical_solution", "reference", "code")),
    ("Prompt", ("prompt", "text", "question_content")),
)


@router.get("/runs/{run_id}/samples")
def show_samples(
    request: Request, run_id: RunId, service: ServiceDep, _caller: Reader,
    task_id: Annotated[str | None, Query(max_length=500)] = None,
    verdict: Verdict | None = None,
    start: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
) -> Response:  # fmt: skip
    """Show samples of a run with their code and verdicts; in a sheet, when HTMX asks for one."""
    wanted = task_id.replace("\0", "") if task_id else None
    with service.store.read() as db:
        run = run_or_404(db, run_id)
        results = read_results(
            db, run_id, start, task_id=wanted, verdict=verdict, distinct=True, limit=_SHOWN + 1
        )
        shown, beyond = results[:_SHOWN], results[_SHOWN:]
        copies = copies_of(db, run_id, [each.numbered for each in shown])
        before = page_before(db, run_id, start, task_id=wanted, verdict=verdict, limit=_SHOWN)
        problem = problem_row(db, run.problem_set, wanted) if wanted else None
        verdicts = verdicts_of(db, run_id)
        order = task_ids(db, run.problem_set) if wanted else []
        distinct = count_distinct(db, run_id, wanted) if wanted else None
    sheet = request.headers.get("hx-target") == "sheet-body"
    return page(
        request, "samples_part.html" if sheet else "samples.html", run=run, task_id=wanted, verdict=verdict,
        verdicts=list(Verdict), results=[_shown(each, copies) for each in shown],
        after=beyond[0].numbered.number if beyond else None, before=before, start=start, sheet=sheet,
        texts=_texts(problem or {}), totals=_totals(verdicts, wanted), distinct=distinct,
        beside=_beside(order, verdicts, wanted, verdict),
    )  # fmt: skip


def _totals(verdicts: Mapping[str, Mapping[Verdict, int]], task_id: str | None) -> list[tuple[str, int]]:
    """Samples by verdict, of one problem or of all, most first."""
    chosen = [verdicts.get(task_id, {})] if task_id else verdicts.values()
    total: Counter[str] = Counter()
    for each in chosen:
        total.update({verdict.value: count for verdict, count in each.items()})
    return total.most_common()


def _beside(
    order: Sequence[str],
    verdicts: Mapping[str, Mapping[Verdict, int]],
    task_id: str | None,
    verdict: Verdict | None,
) -> tuple[str | None, str | None]:
    """The problems before and after one, among those with samples of the verdict that is looked at."""
    found = [
        task
        for task in order
        if task == task_id or (task in verdicts and (verdict is None or verdict in verdicts[task]))
    ]
    if task_id not in found:
        return None, None
    at = found.index(task_id)
    return (found[at - 1] if at else None), (found[at + 1] if at + 1 < len(found) else None)


def _texts(problem: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for title, fields in _TEXTS:
        values = (problem[field] for field in fields if problem.get(field))
        text = next((_joined(value) for value in values), "")
        if text:
            found.append((title, text))
    return found


def _joined(value: object) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A sample as a page shows it, with the number of samples that are the same program."""

    number: int
    completion_id: int
    copies: int
    task_id: str
    text: str
    verdict: str | None
    detail: str
    message: str
    flags: tuple[str, ...]
    cpu_s: float


def _shown(each: Result, copies: Mapping[int, int]) -> _Shown:
    sample = each.numbered.sample
    outcome = each.scored.outcome if each.scored else None
    return _Shown(
        each.numbered.number, each.numbered.completion_id, copies[each.numbered.number], sample.task_id,
        sample.text, outcome.verdict.value if outcome else None, outcome.detail if outcome else "",
        outcome.message if outcome else "", outcome.flags if outcome else (),
        outcome.cpu_s if outcome else 0.0,
    )  # fmt: skip
