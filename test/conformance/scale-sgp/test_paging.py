"""Lists: pages, cursors, orders and the client's own iteration."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from scale_gp_beta import UnprocessableEntityError

from checks import PAGE_MEMBERS, assert_refused, calls, refused
from families import CREDENTIALS, FAMILIES, SECRETS, Family
from identities import Account, Server
from proof import proves
from wire import Wire

every_sort = pytest.mark.parametrize(
    ("family", "sort_by"),
    [(family, sort_by) for family in FAMILIES for sort_by in (None, *family.sorts)],
    ids=lambda part: getattr(part, "name", part),
)
both_orders = pytest.mark.parametrize("sort_order", ["asc", "desc"])


def sorting(sort_by: str | None, sort_order: str | None) -> dict[str, str]:
    return {
        name: given
        for name, given in (("sort_by", sort_by), ("sort_order", sort_order))
        if given is not None
    }


def ids(items: Any) -> list[str]:
    """The ids of a page's own items, or of everything that an iteration reaches."""
    return [item.id for item in items]


def page_of(http: httpx.Client, family: Family, **query: Any) -> dict[str, Any]:
    answer = http.get(family.route, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def listed(page: dict[str, Any]) -> list[str]:
    return [item["id"] for item in page["items"]]


# -- one page ------------------------------------------------------------------------------------


@proves("X-4.1", "X-4.3", "X-4.6", "S-1.2", "C-1.2")
def test_a_page_has_five_members(sgp: Any, http: httpx.Client, wire: Wire, family: Family) -> None:
    made = family.fill(http, wire, 3)
    page = family.of(sgp).list()
    told = wire.last.json()
    assert set(told) == PAGE_MEMBERS
    assert (told["object"], told["limit"], told["total"], told["has_more"]) == (
        "list",
        100,
        3,
        False,
    )
    assert told["items"] == made
    assert (page.total, page.limit, page.object, page.has_more) == (3, 100, "list", False)


@proves("X-4.2")
@pytest.mark.parametrize(
    "query", [{}, {"limit": 1}, {"sort_by": "created_at", "sort_order": "desc"}]
)
def test_an_empty_account_has_an_empty_page(
    sgp: Any, wire: Wire, family: Family, query: dict[str, Any]
) -> None:
    with calls(wire, 1):
        assert list(family.of(sgp).list(**query)) == []
    assert wire.last.json() == {
        "items": [],
        "has_more": False,
        "total": 0,
        "limit": query.get("limit", 100),
        "object": "list",
    }


@proves("X-4.3", "X-4.4")
def test_the_default_page_has_a_hundred_items(
    http: httpx.Client, connect_sync: Any, wire: Wire, family: Family
) -> None:
    made = [item["id"] for item in family.fill(http, wire, 103)]
    page = page_of(http, family)
    assert listed(page) == made[:100]
    assert (page["limit"], page["has_more"], page["total"]) == (100, True, 103)
    whole = page_of(http, family, limit=10_000)
    assert listed(whole) == made
    assert (whole["limit"], whole["has_more"], whole["total"]) == (10_000, False, 103)
    with calls(wire, 2):
        assert ids(family.of(connect_sync()).list()) == made


@proves("X-4.4", "X-4.6")
@pytest.mark.parametrize("limit", [1, 2, 4, 5, 6, 9_999, 10_000])
def test_limit_is_honoured_and_told(
    sgp: Any, http: httpx.Client, wire: Wire, family: Family, limit: int
) -> None:
    made = family.fill(http, wire, 5)
    page = family.of(sgp).list(limit=limit)
    assert ids(page.items) == [item["id"] for item in made[:limit]]
    assert (page.limit, page.total, page.has_more) == (limit, 5, limit < 5)


@proves("X-4.5")
@pytest.mark.parametrize(
    "limit",
    [
        "0",
        "-1",
        "10001",
        "100000000000000000000",
        "1.5",
        "1e2",
        "ten",
        "0x10",
        "1 ",
        "1,2",
        "null",
        "true",
        "NaN",
        "٣",
        "１",
    ],
)
def test_limit_is_refused(http: httpx.Client, family: Family, limit: str) -> None:
    assert_refused(http.get(family.route, params={"limit": limit}), 422, "query", "limit")


@proves("X-4.5")
@pytest.mark.parametrize("limit", [0, -1, 10_001])
def test_the_client_tells_a_refused_limit(sgp: Any, wire: Wire, family: Family, limit: int) -> None:
    with calls(wire, 1), refused(UnprocessableEntityError, "query", "limit"):
        family.of(sgp).list(limit=limit)


@proves("X-4.7")
@pytest.mark.parametrize(
    "sort_order", ["ASC", "Desc", "ascending", "descending", "-1", "asc,desc", "asc ", "__proto__"]
)
def test_sort_order_is_refused(sgp: Any, family: Family, sort_order: str) -> None:
    with refused(UnprocessableEntityError, "query", "sort_order"):
        family.of(sgp).list(sort_order=sort_order)


@proves("X-4.21")
@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("limit", "1", "2"),
        ("limit", "1", "1"),
        ("sort_by", "id", "created_at"),
        ("sort_order", "asc", "desc"),
        ("starting_after", "x", "y"),
        ("ending_before", "x", "y"),
    ],
)
def test_a_parameter_given_twice_is_refused(
    http: httpx.Client, family: Family, name: str, first: str, second: str
) -> None:
    answer = http.get(family.route, params=[(name, first), (name, second)])
    assert_refused(answer, 422, "query", name)


# -- orders --------------------------------------------------------------------------------------


@proves("X-4.8")
def test_the_default_order_is_by_creation_ascending(
    sgp: Any, http: httpx.Client, wire: Wire, family: Family
) -> None:
    made = [item["id"] for item in family.fill(http, wire, 6)]
    assert ids(family.of(sgp).list()) == made
    assert ids(family.of(sgp).list(sort_order="asc")) == made
    assert ids(family.of(sgp).list(sort_by="created_at")) == made
    assert ids(family.of(sgp).list(sort_order="desc")) == made[::-1]


@proves("S-5.2", "C-7.6", "X-4.9", "X-4.10")
@every_sort
def test_desc_is_asc_turned_round(
    sgp: Any, http: httpx.Client, wire: Wire, family: Family, sort_by: str | None
) -> None:
    made = [item["id"] for item in family.fill(http, wire, 5)]
    rising = ids(family.of(sgp).list(**sorting(sort_by, "asc")))
    falling = ids(family.of(sgp).list(**sorting(sort_by, "desc")))
    assert sorted(rising) == sorted(made)
    assert falling == rising[::-1]
    assert ids(family.of(sgp).list(**sorting(sort_by, None))) == rising


@proves("S-5.4", "C-7.8", "S-5.2", "C-7.6")
def test_order_by_text_and_by_id(sgp: Any, wire: Wire, family: Family) -> None:
    labels = ["mango", "apple", "zebra", "kiwi", "apple-2", "0-zero"]
    made = {label: family.add(sgp, wire, label).id for label in labels}
    for sort_by in (family.label, *(["cloud_secret_path"] if family is SECRETS else [])):
        assert ids(family.of(sgp).list(sort_by=sort_by)) == [
            made[label] for label in sorted(labels)
        ]
        falling = family.of(sgp).list(sort_by=sort_by, sort_order="desc", limit=2)
        assert ids(falling) == [made[label] for label in sorted(labels, reverse=True)]
    assert ids(family.of(sgp).list(sort_by="id")) == sorted(made.values())


@proves("S-5.5", "C-7.8")
def test_order_by_the_last_change(sgp: Any, http: httpx.Client, wire: Wire, family: Family) -> None:
    made = [item["id"] for item in family.fill(http, wire, 4)]
    changed = [made[2], made[0], made[3], made[1]]
    for item in changed:
        time.sleep(0.005)
        family.of(sgp).update(item, description="changed")
    assert ids(family.of(sgp).list(sort_by="updated_at", limit=3)) == changed
    assert (
        ids(family.of(sgp).list(sort_by="updated_at", sort_order="desc", limit=3)) == changed[::-1]
    )


# -- forwards ------------------------------------------------------------------------------------


@proves("X-4.11", "X-4.6")
def test_starting_after_is_what_follows(http: httpx.Client, wire: Wire, family: Family) -> None:
    made = [item["id"] for item in family.fill(http, wire, 5)]
    for at in range(5):
        page = page_of(http, family, starting_after=made[at], limit=2)
        assert listed(page) == made[at + 1 : at + 3]
        assert page["has_more"] is (at + 3 < 5)
        assert page["total"] == 5


@proves("X-4.10", "X-4.12", "X-4.15")
@every_sort
@both_orders
@pytest.mark.parametrize("limit", [1, 3])
def test_iteration_forwards_reaches_everything_once(
    sgp: Any,
    http: httpx.Client,
    wire: Wire,
    family: Family,
    sort_by: str | None,
    sort_order: str,
    limit: int,
) -> None:
    made = [item["id"] for item in family.fill(http, wire, 6)]
    order = sorting(sort_by, sort_order)
    whole = listed(page_of(http, family, **order))
    assert sorted(whole) == sorted(made)
    with calls(wire, 6 // limit):
        assert ids(family.of(sgp).list(limit=limit, **order)) == whole


@proves("X-4.12")
def test_iteration_repeats_the_query_and_ends_on_a_short_page(
    sgp: Any, http: httpx.Client, wire: Wire, family: Family
) -> None:
    made = [item["id"] for item in family.fill(http, wire, 7)]
    before = wire.calls
    pages = list(family.of(sgp).list(limit=3, sort_order="desc").iter_pages())
    assert [ids(page.items) for page in pages] == [made[6:3:-1], made[3:0:-1], made[:1]]
    assert [page.has_more for page in pages] == [True, True, False]
    assert [page.total for page in pages] == [7, 7, 7]
    assert all(
        "limit=3" in call.target and "sort_order=desc" in call.target
        for call in wire.exchanges[before:]
    )


@proves("X-4.12")
def test_iteration_from_a_cursor_onwards(
    sgp: Any, http: httpx.Client, wire: Wire, family: Family
) -> None:
    made = [item["id"] for item in family.fill(http, wire, 6)]
    assert ids(family.of(sgp).list(starting_after=made[1], limit=2)) == made[2:]


# -- backwards -----------------------------------------------------------------------------------


@proves("X-4.13", "X-4.6")
def test_ending_before_is_the_window_before(http: httpx.Client, wire: Wire, family: Family) -> None:
    made = [item["id"] for item in family.fill(http, wire, 5)]
    for at in range(5):
        page = page_of(http, family, ending_before=made[at], limit=2)
        assert listed(page) == made[max(0, at - 2) : at]
        assert page["has_more"] is (at > 2)
        assert page["total"] == 5


@proves("X-4.13", "X-4.14", "X-4.15")
@every_sort
@both_orders
@pytest.mark.parametrize("limit", [1, 3])
def test_iteration_backwards_reaches_everything_before_once(
    sgp: Any,
    http: httpx.Client,
    wire: Wire,
    family: Family,
    sort_by: str | None,
    sort_order: str,
    limit: int,
) -> None:
    family.fill(http, wire, 7)
    order = sorting(sort_by, sort_order)
    whole = listed(page_of(http, family, **order))
    with calls(wire, 6 // limit):
        pages = list(
            family.of(sgp).list(ending_before=whole[-1], limit=limit, **order).iter_pages()
        )
    windows = [ids(page.items) for page in pages]
    assert windows == [whole[start : start + limit] for start in range(6 - limit, -1, -limit)]
    assert [page.has_more for page in pages] == [True] * (len(pages) - 1) + [False]


@proves("X-4.14")
def test_iteration_backwards_item_by_item(
    sgp: Any, http: httpx.Client, wire: Wire, family: Family
) -> None:
    made = [item["id"] for item in family.fill(http, wire, 5)]
    reached = ids(family.of(sgp).list(ending_before=made[4], limit=2))
    assert reached == [made[2], made[3], made[0], made[1]]


# -- ends, cursors -------------------------------------------------------------------------------


@proves("X-4.16")
@both_orders
def test_past_either_end_is_an_empty_page(
    sgp: Any, http: httpx.Client, wire: Wire, family: Family, sort_order: str
) -> None:
    family.fill(http, wire, 3)
    whole = listed(page_of(http, family, sort_order=sort_order))
    for cursor in ({"starting_after": whole[-1]}, {"ending_before": whole[0]}):
        with calls(wire, 1):
            page = family.of(sgp).list(sort_order=sort_order, **cursor)
            assert ids(page) == []
        assert (page.has_more, page.total) == (False, 3)


@proves("X-4.17", "X-3.20")
@pytest.mark.parametrize("cursor", ["starting_after", "ending_before"])
def test_a_cursor_that_never_was_is_refused(
    server: Server, http: httpx.Client, other: Account, wire: Wire, family: Family, cursor: str
) -> None:
    stranger = next(one for one in FAMILIES if one is not family)
    made = family.fill(http, wire, 2)[0]
    with httpx.Client(base_url=server.url, headers={"x-api-key": other.token}) as theirs:
        foreign = family.fill(theirs, wire, 1)[0]
    never = [
        "c" + "0" * 24,
        "x",
        "0",
        "null",
        made["id"].upper(),
        made["id"] + "x",
        f" {made['id']}",
        made[family.label],
        foreign["id"],
        stranger.fill(http, wire, 1)[0]["id"],
        "' or ''='",
        "\x00",
        "i" * 2000,
        "__proto__",
        "MQ==",
    ]
    answers = []
    for named in never:
        for order in ({}, {"sort_by": family.label, "sort_order": "desc"}):
            answers.append(http.get(family.route, params={cursor: named, **order}))
            assert_refused(answers[-1], 422, "query", cursor)
    assert len({answer.content for answer in answers}) == 1


@proves("X-4.17")
def test_the_client_tells_a_refused_cursor(sgp: Any, wire: Wire, family: Family) -> None:
    with calls(wire, 1), refused(UnprocessableEntityError, "query", "starting_after"):
        family.of(sgp).list(starting_after="c" + "0" * 24)
    with calls(wire, 1), refused(UnprocessableEntityError, "query", "ending_before"):
        family.of(sgp).list(ending_before="c" + "0" * 24)


@proves("X-4.17")
def test_a_cursor_holds_under_every_order(http: httpx.Client, wire: Wire, family: Family) -> None:
    family.fill(http, wire, 4)
    for sort_by in family.sorts:
        for sort_order in ("asc", "desc"):
            order = {"sort_by": sort_by, "sort_order": sort_order}
            whole = listed(page_of(http, family, **order))
            for at, cursor in enumerate(whole):
                assert (
                    listed(page_of(http, family, starting_after=cursor, **order)) == whole[at + 1 :]
                )
                assert listed(page_of(http, family, ending_before=cursor, **order)) == whole[:at]


@proves("X-4.18")
@every_sort
@both_orders
def test_an_iteration_goes_on_when_its_cursor_is_deleted(
    sgp: Any, http: httpx.Client, wire: Wire, family: Family, sort_by: str | None, sort_order: str
) -> None:
    family.fill(http, wire, 6)
    order = sorting(sort_by, sort_order)
    whole = listed(page_of(http, family, **order))
    forwards = family.of(sgp).list(limit=2, **order)
    family.of(sgp).delete(whole[1])
    assert ids(forwards.get_next_page()) == whole[2:]
    backwards = family.of(sgp).list(ending_before=whole[5], limit=2, **order)
    assert ids(backwards.items) == whole[3:5]
    family.of(sgp).delete(whole[3])
    rest = backwards.get_next_page()
    assert ids(rest.items) == [whole[0], whole[2]]
    assert (rest.has_more, rest.total) == (False, 4)


@proves("X-4.19")
def test_both_cursors_are_422(sgp: Any, http: httpx.Client, wire: Wire, family: Family) -> None:
    made = [item["id"] for item in family.fill(http, wire, 3)]
    with calls(wire, 1), refused(UnprocessableEntityError, "query"):
        family.of(sgp).list(starting_after=made[0], ending_before=made[2])
    with calls(wire, 1), refused(UnprocessableEntityError, "query"):
        family.of(sgp).list(starting_after="c" + "0" * 24, ending_before=made[2])


@proves("X-4.20")
def test_items_made_during_an_iteration_are_reached_once(
    sgp: Any, http: httpx.Client, wire: Wire, family: Family
) -> None:
    made = [item["id"] for item in family.fill(http, wire, 4)]
    page = family.of(sgp).list(limit=2)
    time.sleep(0.005)
    late = family.add(sgp, wire, "made-late")
    assert ids(page.items) + ids(page.get_next_page()) == [*made, late.id]


@proves("X-4.20", "X-4.18")
def test_items_deleted_during_an_iteration_do_not_shift_it(
    sgp: Any, http: httpx.Client, wire: Wire, family: Family
) -> None:
    made = [item["id"] for item in family.fill(http, wire, 6)]
    page = family.of(sgp).list(limit=2)
    for gone in (made[0], made[1], made[3]):
        family.of(sgp).delete(gone)
    assert ids(page.get_next_page()) == [made[2], made[4], made[5]]


# -- the filter of credentials -------------------------------------------------------------------


@proves("C-7.1", "C-7.3")
def test_the_filter_pages_like_everything_else(sgp: Any, http: httpx.Client, wire: Wire) -> None:
    CREDENTIALS.fill(http, wire, 3)
    wanted = CREDENTIALS.add(sgp, wire, "wanted")
    with calls(wire, 1):
        page = sgp.credentials.list(name="wanted", limit=1, sort_by="created_at", sort_order="desc")
        assert ids(page) == [wanted.id]
    assert (page.total, page.has_more) == (1, False)
    after = sgp.credentials.list(name="wanted", starting_after=wanted.id)
    assert (ids(after), after.total, after.has_more) == ([], 1, False)
