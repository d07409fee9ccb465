"""The asynchronous client in its own words: awaiting, iterating, many calls at once.

Most other cases run over both clients; these are the ones that only this client can show.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from scale_gp_beta import AsyncSGPClient, ConflictError, NotFoundError
from scale_gp_beta.pagination import AsyncCursorPage

from families import CREDENTIALS, Family
from identities import unique
from proof import proves
from wire import Wire


@proves("X-5.3")
async def test_every_method_of_secrets(connect_async: Any, wire: Wire) -> None:
    async with connect_async() as sgp:
        assert type(sgp) is AsyncSGPClient
        made = await sgp.secrets.create(key=unique(), value=wire.canary(), description="d")
        assert await sgp.secrets.retrieve(made.id) == made
        changed = await sgp.secrets.update(made.id, description="e", value=wire.canary())
        assert [secret async for secret in sgp.secrets.list()] == [changed]
        assert await sgp.secrets.delete(made.id) is None
    for exchange in wire.exchanges:
        assert exchange.request_headers["x-stainless-async"] == "async:asyncio"
        assert exchange.request_headers["user-agent"] == "AsyncSGPClient/Python 0.7.0"


@proves("X-5.3")
async def test_every_method_of_credentials(connect_async: Any) -> None:
    async with connect_async() as sgp:
        made = await sgp.credentials.create(name=unique(), type="key", payload="one payload")
        assert await sgp.credentials.retrieve(made.id) == made
        assert await sgp.credentials.retrieve_by_name(made.name) == made
        assert (await sgp.credentials.decrypt(made.id)).result == "one payload"
        changed = await sgp.credentials.update(made.id, payload="two payload")
        assert (await sgp.credentials.decrypt_by_name(made.name)).result == "two payload"
        assert [credential async for credential in sgp.credentials.list(name=made.name)] == [
            changed
        ]
        assert (await sgp.credentials.delete(made.id)).deleted is True


@proves("X-5.3", "X-4.12")
async def test_a_list_by_await_and_by_async_for(
    connect_async: Any, http: httpx.Client, wire: Wire, family: Family
) -> None:
    made = [item["id"] for item in family.fill(http, wire, 5)]
    async with connect_async() as sgp:
        before = wire.calls
        unasked = family.of(sgp).list(limit=2)
        assert wire.calls == before
        page = await unasked
        assert type(page) is AsyncCursorPage[type(page.items[0])]
        assert [item.id for item in page.items] == made[:2] and page.has_next_page()
        following = await page.get_next_page()
        assert [item.id for item in following.items] == made[2:4]
        assert [item.id async for item in family.of(sgp).list(limit=2)] == made
        assert [item.id async for item in following] == made[2:]


@proves("X-5.3", "X-4.14")
async def test_iteration_backwards(
    connect_async: Any, http: httpx.Client, wire: Wire, family: Family
) -> None:
    made = [item["id"] for item in family.fill(http, wire, 5)]
    async with connect_async() as sgp:
        order = {"sort_by": family.label, "sort_order": "desc"}
        falling = [item.id async for item in family.of(sgp).list(**order)]
        assert sorted(falling) == sorted(made)
        paginator = family.of(sgp).list(ending_before=falling[4], limit=2, **order)
        windows = [
            [item.id for item in page.items] async for page in (await paginator).iter_pages()
        ]
        assert windows == [falling[2:4], falling[:2]]


@proves("S-2.19", "C-2.19", "X-3.5")
async def test_of_many_creates_of_one_name_one_succeeds(
    connect_async: Any, wire: Wire, family: Family
) -> None:
    async with connect_async() as sgp:
        outcomes = await asyncio.gather(
            *(family.of(sgp).create(**family.body(wire, "contested")) for _ in range(25)),
            return_exceptions=True,
        )
        won = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
        lost = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert len(won) == 1
        assert {type(outcome) for outcome in lost} == {ConflictError}
        assert wire.calls == 25
        assert [item.id async for item in family.of(sgp).list()] == [won[0].id]


@proves("C-2.19")
async def test_the_winner_of_a_race_keeps_its_payload(connect_async: Any, wire: Wire) -> None:
    async with connect_async() as sgp:
        bodies = [CREDENTIALS.body(wire, "contested") for _ in range(20)]
        outcomes = await asyncio.gather(
            *(sgp.credentials.create(**body) for body in bodies), return_exceptions=True
        )
        won = [
            number
            for number, outcome in enumerate(outcomes)
            if not isinstance(outcome, BaseException)
        ]
        assert len(won) == 1
        assert (await sgp.credentials.decrypt_by_name("contested")).result == bodies[won[0]][
            "payload"
        ]


@proves("X-5.9")
async def test_many_calls_at_once(connect_async: Any, wire: Wire) -> None:
    async with connect_async() as sgp:
        payloads = {unique(): wire.canary() for _ in range(40)}
        made = await asyncio.gather(
            *(
                sgp.credentials.create(name=name, type="key", payload=payload)
                for name, payload in payloads.items()
            )
        )
        answers = await asyncio.gather(
            *(sgp.credentials.decrypt(credential.id) for credential in made),
            *(sgp.credentials.decrypt_by_name(credential.name) for credential in made),
        )
        assert [answer.result for answer in answers] == [*payloads.values(), *payloads.values()]
        assert (await sgp.credentials.list(limit=10)).total == 40


@proves("X-5.9", "S-1.6", "C-6.5")
async def test_of_many_deletes_one_succeeds(connect_async: Any, wire: Wire, family: Family) -> None:
    async with connect_async() as sgp:
        made = await family.of(sgp).create(**family.body(wire))
        outcomes = await asyncio.gather(
            *(family.of(sgp).delete(made.id) for _ in range(10)), return_exceptions=True
        )
        assert sum(isinstance(outcome, NotFoundError) for outcome in outcomes) == 9
        assert (await family.of(sgp).list()).total == 0
