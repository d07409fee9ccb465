"""Every list: limit and offset, the total, and walking all of it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from checks import assert_refused
from identities import Account, Identity
from listings import LISTINGS, Listing, Scene
from proof import proves
from vault import Store
from wire import Wire

every_list = pytest.mark.parametrize("listing", LISTINGS, ids=str)

ROWS = 5


@pytest.fixture
def scene(http: httpx.Client, account: Account, admin: Identity, store: Store, wire: Wire) -> Scene:
    return Scene(http, account, admin, store, wire)


def pagination(answer: httpx.Response) -> dict[str, int]:
    assert answer.status_code == 200, answer.text
    told = answer.json()["pagination"]
    assert {"total", "offset", "limit"} <= set(told)
    assert all(type(told[name]) is int for name in ("total", "offset", "limit"))
    return told


@proves("X-4.1")
@every_list
def test_an_unasked_page_has_a_hundred(http: httpx.Client, scene: Scene, listing: Listing) -> None:
    path, made = listing.fill(scene, 2)
    answer = listing.ask(http, path)
    told = pagination(answer)
    assert (told["limit"], told["offset"]) == (100, 0)
    assert told["total"] == len(listing.keys(answer)) >= len(made)


@proves("X-4.2")
@every_list
def test_a_limit_is_honoured(http: httpx.Client, scene: Scene, listing: Listing) -> None:
    path, _ = listing.fill(scene, 3)
    for limit in (1, 2, 100, 1000):
        answer = listing.ask(http, path, limit=limit)
        told = pagination(answer)
        assert told["limit"] == limit
        assert len(listing.keys(answer)) == min(limit, told["total"])


@proves("X-4.2")
@every_list
def test_another_limit_or_offset_is_422(http: httpx.Client, scene: Scene, listing: Listing) -> None:
    path, _ = listing.fill(scene, 1)
    for wrong in (0, -1, 1001, 10**12, 1.5, "many", "", "0x10", "1e2", " 1"):
        assert_refused(listing.ask(http, path, limit=wrong), 422)
    for wrong in (-1, 1.5, "first", "", "1e2"):
        assert_refused(listing.ask(http, path, offset=wrong), 422)


@proves("X-4.3", "X-4.5")
@every_list
def test_page_after_page_reaches_every_row_once(
    http: httpx.Client, scene: Scene, listing: Listing
) -> None:
    path, made = listing.fill(scene, ROWS)
    whole = listing.keys(listing.ask(http, path, limit=1000))
    assert set(whole) >= made and len(whole) == len(set(whole)) >= ROWS
    for limit in (1, 2, 3):
        walked: list[str] = []
        while True:
            answer = listing.ask(http, path, limit=limit, offset=len(walked))
            told = pagination(answer)
            assert (told["total"], told["offset"]) == (len(whole), len(walked))
            page = listing.keys(answer)
            if not page:
                break
            walked += page
        assert walked == whole
    for offset in (0, 1, len(whole) - 1):
        assert listing.keys(listing.ask(http, path, offset=offset)) == whole[offset:]


@proves("X-4.4")
@every_list
def test_past_the_end_there_is_nothing(http: httpx.Client, scene: Scene, listing: Listing) -> None:
    path, _ = listing.fill(scene, 1)
    total = pagination(listing.ask(http, path))["total"]
    for offset in (total, total + 1, 10**9):
        answer = listing.ask(http, path, offset=offset)
        assert listing.keys(answer) == []
        assert pagination(answer)["total"] == total


@proves("X-4.6")
@pytest.mark.parametrize(
    "listing", [listing for listing in LISTINGS if listing.walk is not None], ids=str
)
def test_the_clients_pager_reaches_every_row_once(
    tfy: Any, http: httpx.Client, scene: Scene, listing: Listing, wire: Wire
) -> None:
    assert listing.walk is not None
    path, _ = listing.fill(scene, ROWS)
    whole = listing.keys(listing.ask(http, path, limit=1000))
    attribute = "subject_id" if listing.key == "subjectId" else "id"
    before = wire.calls
    walked = [getattr(row, attribute) for row in listing.walk(tfy, path, 2)]
    assert walked == whole
    pages = -(-len(whole) // 2)
    assert wire.calls - before == pages + 1
    assert wire.last.json()["data"] == []
    sizes = [len(page.items) for page in listing.walk(tfy, path, 2).iter_pages()]
    assert sizes == [2] * (len(whole) // 2) + [1] * (len(whole) % 2)


@proves("X-4.6")
def test_the_clients_pager_goes_page_by_page(tfy: Any, scene: Scene) -> None:
    path, made = LISTINGS[0].fill(scene, 3)
    first = tfy.secret_groups.list(limit=2)
    second = first.next_page()
    third = second.next_page()
    assert [len(page.items) for page in (first, second, third)] == [2, 1, 0]
    assert {row.id for page in (first, second) for row in page.items} == made
    assert (first.has_next, second.has_next, third.has_next) == (True, True, False)
    assert {page.response.pagination.total for page in (first, second, third)} == {3}


@proves("X-4.3")
def test_a_filter_is_counted(http: httpx.Client, scene: Scene) -> None:
    LISTINGS[0].fill(scene, ROWS)
    answer = http.get("/secret-groups", params={"search": "group-3", "limit": 1})
    assert pagination(answer)["total"] == 1
    answer = http.get("/secret-groups", params={"search": "group-", "limit": 1, "offset": 2})
    assert pagination(answer)["total"] == ROWS and len(answer.json()["data"]) == 1


@proves("X-4.2")
def test_a_page_of_more_than_a_hundred_is_not_cut(http: httpx.Client, scene: Scene) -> None:
    path, made = LISTINGS[1].fill(scene, 150)
    for limit, found in ((100, 100), (120, 120), (1000, 150)):
        assert len(LISTINGS[1].keys(http.post(path, json={"limit": limit}))) == found
    opened = http.post(path, json={"limit": 1000, "withValue": True}).json()["data"]
    assert {row["id"] for row in opened} == made and all(row["value"] for row in opened)
