"""The asynchronous client, called like the synchronous one, so that each case is written once."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from typing import Any

from scale_gp_beta._base_client import AsyncPaginator
from scale_gp_beta._response import BaseAPIResponse
from scale_gp_beta.pagination import AsyncCursorPage


class Blocking:
    """Stands before an object of the asynchronous client and waits for what it gives."""

    def __init__(self, target: Any, runner: asyncio.Runner) -> None:
        self._target = target
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._target, name)
        if callable(attribute):
            return lambda *args, **kwargs: self._settle(attribute(*args, **kwargs))
        if type(attribute).__module__.startswith("scale_gp_beta.resources"):
            return Blocking(attribute, self._runner)
        return attribute

    def __iter__(self) -> Iterator[Any]:
        return iter(self._runner.run(_gather(self._target)))

    def __enter__(self) -> Blocking:
        return Blocking(self._runner.run(self._target.__aenter__()), self._runner)

    def __exit__(self, *exit: object) -> None:
        self._runner.run(self._target.__aexit__(*exit))

    def iter_pages(self) -> Iterator[Blocking]:
        pages = self._runner.run(_gather(self._target.iter_pages()))
        return (Blocking(page, self._runner) for page in pages)

    def _settle(self, given: Any) -> Any:
        if isinstance(given, AsyncPaginator) or inspect.isawaitable(given):
            given = self._runner.run(_wait(given))
        if isinstance(given, (AsyncCursorPage, BaseAPIResponse)) or hasattr(given, "__aenter__"):
            return Blocking(given, self._runner)
        return given


async def _wait(given: Any) -> Any:
    return await given


async def _gather(source: Any) -> list[Any]:
    return [member async for member in source]
