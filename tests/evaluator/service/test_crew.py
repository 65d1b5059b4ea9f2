import asyncio
import os
import time

import pytest

from evaluator.service.error_responses import HTTPProblemError
from evaluator.service.process_pool import ProcessPool


def end() -> None:
    os._exit(1)


def wait(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_work_that_kills_its_process_is_refused_and_takes_no_other_along() -> None:
    async def both(process_pool: ProcessPool) -> list[object]:
        return list(
            await asyncio.gather(
                process_pool.run(60, wait, 1.0), process_pool.run(60, end), return_exceptions=True
            )
        )

    process_pool = ProcessPool()
    waited, ended = asyncio.run(both(process_pool))
    assert waited == 1.0
    assert isinstance(ended, HTTPProblemError)
    assert ended.status == 422
    assert asyncio.run(process_pool.run(60, wait, 0.0)) == 0.0
    process_pool.close()


def test_work_that_takes_too_long_is_ended() -> None:
    process_pool = ProcessPool(1)
    asyncio.run(process_pool.run(60, wait, 0.0))
    with pytest.raises(HTTPProblemError, match=r"more than 0\.5 s"):
        asyncio.run(process_pool.run(0.5, wait, 60.0))
    process_pool.close()
