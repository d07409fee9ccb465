"""The asynchronous client, called like the synchronous one, so that each case is written once."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from typing import Any

from truefoundry_sdk.core.pagination import AsyncPager


class Blocking:
    """Stands before an object of the asynchronous client and waits for what it gives."""

    def __init__(self, target: Any, runner: asyncio.Runner) -> None:
        self._target = target
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._target, name)
        if callable(attribute):
            return lambda *args, **kwargs: self._settle(attribute(*args, **kwargs))
        if type(attribute).__name__.endswith("Client"):
            return Blocking(attribute, self._runner)
        return attribute

    def __iter__(self) -> Iterator[Any]:
        return iter(self._runner.run(_gather(self._target)))

    def iter_pages(self) -> Iterator[Blocking]:
        pages = self._runner.run(_gather(self._target.iter_pages()))
        return (Blocking(page, self._runner) for page in pages)

    def _settle(self, given: Any) -> Any:
        if inspect.isawaitable(given):
            given = self._runner.run(_wait(given))
        return Blocking(given, self._runner) if isinstance(given, AsyncPager) else given


async def _wait(given: Any) -> Any:
    return await given


async def _gather(source: Any) -> list[Any]:
    return [member async for member in source]
