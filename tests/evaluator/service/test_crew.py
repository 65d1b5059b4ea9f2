import asyncio
import os
import time

import pytest

from evaluator.service.error_responses import RefusedError
from evaluator.service.process_pool import Crew


def end() -> None:
    os._exit(1)


def wait(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_work_that_kills_its_process_is_refused_and_takes_no_other_along() -> None:
    async def both(crew: Crew) -> list[object]:
        return list(await asyncio.gather(crew.run(60, wait, 1.0), crew.run(60, end), return_exceptions=True))

    crew = Crew()
    waited, ended = asyncio.run(both(crew))
    assert waited == 1.0
    assert isinstance(ended, RefusedError)
    assert ended.status == 422
    assert asyncio.run(crew.run(60, wait, 0.0)) == 0.0
    crew.close()


def test_work_that_takes_too_long_is_ended() -> None:
    crew = Crew(1)
    asyncio.run(crew.run(60, wait, 0.0))
    with pytest.raises(RefusedError, match=r"more than 0\.5 s"):
        asyncio.run(crew.run(0.5, wait, 60.0))
    crew.close()
