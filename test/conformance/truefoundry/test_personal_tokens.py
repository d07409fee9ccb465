"""Personal access tokens: making them, what they may, listing and revoking them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest
from truefoundry_sdk import ConflictError, ForbiddenError, NotFoundError
from truefoundry_sdk.core.api_error import ApiError
from truefoundry_sdk.types.virtual_account import VirtualAccount

from checks import (
    ID,
    ONCE,
    UNKNOWN_ID,
    assert_in,
    assert_now,
    assert_refused,
    calls,
    claims,
    refused,
)
from identities import Account, Identity
from proof import proves
from wire import Wire


def pats(client: Any) -> dict[str, str]:
    """The caller's tokens, by name."""
    return {
        pat.manifest.name: pat.id
        for pat in client.personal_access_tokens.list()
        if pat.manifest is not None
    }


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def works(bearer: Any, token: str) -> bool:
    answer = bearer(token).get("/secret-groups")
    assert answer.status_code in (200, 401), answer.text
    return bool(answer.status_code == 200)


# -- make ----------------------------------------------------------------------------------------


@proves("P-1.1")
def test_create_answers_only_an_opaque_token(tfy: Any, bearer: Any, wire: Wire) -> None:
    made = tfy.personal_access_tokens.create(name="laptop")
    assert wire.last.status == 200 and wire.last.json() == {"token": made.token}
    assert made.token.startswith("tfy_") and "." not in made.token
    assert works(bearer, made.token)


@proves("P-1.2", "X-1.1")
def test_a_jwt_says_who_bears_it(tfy: Any, bearer: Any, account: Account, admin: Identity) -> None:
    made = tfy.personal_access_tokens.create(name="for-the-cli", token_type="jwt")
    said = claims(made.token)
    assert said["tenantName"] == account.name
    assert type(said["exp"]) is int and said["exp"] > dt.datetime.now().timestamp()
    assert admin.email in (said.get("username"), said.get("email"))
    assert works(bearer, made.token)
    opaque = tfy.personal_access_tokens.create(name="opaque-one", token_type="opaque")
    assert opaque.token.startswith("tfy_")


@proves("P-1.3")
@pytest.mark.parametrize("kind", ["opaque", "jwt"])
def test_a_token_acts_as_its_user(
    connect: Any, admin: Identity, member: Identity, kind: str
) -> None:
    for who, allowed in ((admin, True), (member, False)):
        made = connect(who.token).personal_access_tokens.create(name="acting", token_type=kind)
        acting = connect(made.token)
        told = acting.internal.users.get_info()
        assert (told.id, told.subject_pat_name) == (who.id, "acting")
        if allowed:
            assert who.id in {user.id for user in acting.users.list()}
        else:
            with refused(ForbiddenError):
                acting.users.invite_user(
                    email="x@example.test", accept_invite_client_url="https://x"
                )


@proves("P-1.4", "P-1.9")
@pytest.mark.parametrize("kind", ["opaque", "jwt"])
def test_with_a_token_none_is_made(
    connect: Any, tfy: Any, member: Identity, wire: Wire, kind: str
) -> None:
    made = tfy.personal_access_tokens.create(name="the-only-one", token_type=kind)
    acting = connect(made.token).personal_access_tokens
    with calls(wire, 1), refused(ApiError, 403):
        acting.create(name="another")
    with calls(wire, 1), refused(ApiError, 403):
        acting.create(name="another", token_type="jwt")
    with calls(wire, 1), refused(ForbiddenError):
        acting.create_for_user(name="another", user_email=member.email)
    assert set(pats(tfy)) == {"the-only-one"}
    assert pats(connect(member.token)) == {}


@proves("P-1.4")
def test_our_own_token_makes_one_in_either_form(connect: Any, admin: Identity) -> None:
    assert admin.tfy_token.startswith("tfy_user_")
    connect(admin.tfy_token).personal_access_tokens.create(name="by-tfy-form")
    connect(admin.token).personal_access_tokens.create(name="by-own-form")
    assert set(pats(connect())) == {"by-tfy-form", "by-own-form"}


@proves("P-1.5")
@pytest.mark.parametrize("name", ["abc", "a-b-c-9", "a--b", "a" * 36, "a0b"])
def test_a_name_is_accepted(http: httpx.Client, name: str) -> None:
    assert http.post("/personal-access-tokens", json={"name": name}).status_code == 200
    (row,) = http.get("/personal-access-tokens").json()["data"]
    assert row["manifest"]["name"] == name


@proves("P-1.5", "P-1.8")
@pytest.mark.parametrize(
    "name",
    [
        "",
        "a",
        "ab",
        "a" * 37,
        "Abc",
        "aBc",
        "1ab",
        "-ab",
        "ab-",
        "a b",
        "a_b",
        "a.b",
        "äbc",
        "abc\n",
        5,
        None,
        ["abc"],
    ],
    ids=ascii,
)
def test_a_name_is_refused(http: httpx.Client, member: Identity, name: Any) -> None:
    assert_refused(http.post("/personal-access-tokens", json={"name": name}), 422)
    theirs = {"name": name, "userEmail": member.email}
    assert_refused(http.post("/personal-access-tokens/for-user", json=theirs), 422)
    assert http.get("/personal-access-tokens").json()["data"] == []


@proves("P-1.8")
@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"name": "abc", "tokenType": "saml"},
        {"name": "abc", "tokenType": 5},
        {"name": "abc", "expirationDate": 5},
        {"name": "abc", "teamName": 5},
    ],
    ids=str,
)
def test_a_wrong_member_is_422(http: httpx.Client, wrong: dict[str, Any]) -> None:
    assert_refused(http.post("/personal-access-tokens", json=wrong), 422)
    assert http.get("/personal-access-tokens").json()["data"] == []


@proves("P-1.6")
def test_a_taken_name_is_409(
    connect: Any, tfy: Any, bearer: Any, member: Identity, wire: Wire
) -> None:
    first = tfy.personal_access_tokens.create(name="same")
    with calls(wire, 1), refused(ConflictError):
        tfy.personal_access_tokens.create(name="same", request_options=ONCE)
    assert works(bearer, first.token)
    connect(member.token).personal_access_tokens.create(name="same")
    assert len(pats(tfy)) == 1


@proves("P-1.7")
@pytest.mark.parametrize("form", ["date", "moment"])
def test_an_expiration_date_is_when_it_ends(tfy: Any, bearer: Any, form: str) -> None:
    then = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(days=20)
    text = then.date().isoformat() if form == "date" else then.isoformat().replace("+00:00", "Z")
    made = tfy.personal_access_tokens.create(name="ends", expiration_date=text, token_type="jwt")
    assert works(bearer, made.token)
    ends = dt.datetime.fromtimestamp(claims(made.token)["exp"], dt.UTC)
    if form == "moment":
        assert_in(ends, dt.timedelta(days=20))
    else:
        assert dt.timedelta(days=18) < ends - dt.datetime.now(dt.UTC) < dt.timedelta(days=22)


@proves("P-1.7")
@pytest.mark.parametrize("text", ["tomorrow", "", "2026-13-01", "2026-02-30", "01/02/2030"])
def test_no_date_is_refused(http: httpx.Client, text: str) -> None:
    sent = {"name": "abc", "expirationDate": text}
    assert_refused(http.post("/personal-access-tokens", json=sent), 422)
    assert http.get("/personal-access-tokens").json()["data"] == []


@proves("P-1.9")
def test_an_administrator_makes_one_for_somebody(
    tfy: Any, connect: Any, account: Account, other: Account, member: Identity
) -> None:
    made = tfy.personal_access_tokens.create_for_user(name="gift", user_email=member.email)
    told = connect(made.token).internal.users.get_info()
    assert (told.id, told.subject_pat_name) == (member.id, "gift")
    assert set(pats(connect(member.token))) == {"gift"} and pats(tfy) == {}
    with refused(ConflictError):
        tfy.personal_access_tokens.create_for_user(
            name="gift", user_email=member.email, request_options=ONCE
        )
    for email in ("nobody@example.test", other.user("member").email):
        with refused(NotFoundError):
            tfy.personal_access_tokens.create_for_user(name="gift", user_email=email)
    plain, mate = connect(member.token), account.user("member")
    for email in (mate.email, account.user("admin").email):
        with refused(ForbiddenError):
            plain.personal_access_tokens.create_for_user(name="gift-2", user_email=email)


@proves("P-1.10")
def test_get_or_create_by_name(http: httpx.Client, bearer: Any, admin: Identity) -> None:
    first = http.get("/personal-access-tokens/older-client")
    assert first.status_code == 200 and set(first.json()) == {"data", "token", "created"}
    assert first.json()["created"] is True and works(bearer, first.json()["token"])
    second = http.get("/personal-access-tokens/older-client")
    assert second.status_code == 200 and second.json()["created"] is False
    assert second.json()["data"]["id"] == first.json()["data"]["id"]
    assert works(bearer, second.json()["token"])
    info = bearer(second.json()["token"]).get("/x/users/info").json()
    assert (info["id"], info["subjectPatName"]) == (admin.id, "older-client")
    assert len(http.get("/personal-access-tokens").json()["data"]) == 1
    assert_refused(http.get("/personal-access-tokens/Not-A-Name"), 422)


@proves("P-1.11")
def test_a_token_that_ends_gets_none_that_lives_on(
    http: httpx.Client, bearer: Any, account: Account, admin: Identity
) -> None:
    end = now() + dt.timedelta(hours=1)
    ending = bearer(account.token_of(admin, expires_at=end.isoformat()).token)
    assert http.get("/personal-access-tokens/long").json()["created"] is True
    assert_refused(ending.get("/personal-access-tokens/long"), 403)
    short = ending.get("/personal-access-tokens/short")
    assert short.status_code == 200 and short.json()["created"] is True
    assert_in(dt.datetime.fromisoformat(short.json()["data"]["jwts"][0]["expiry"]), end - now())
    assert http.get("/personal-access-tokens/short").json()["token"] == short.json()["token"]


# -- list ----------------------------------------------------------------------------------------


@proves("P-2.1")
def test_the_list_has_the_callers_own(
    tfy: Any, connect: Any, account: Account, admin: Identity, member: Identity, wire: Wire
) -> None:
    tokens = [tfy.personal_access_tokens.create(name=name).token for name in ("one", "two")]
    connect(member.token).personal_access_tokens.create(name="not-mine")
    listed = list(tfy.personal_access_tokens.list())
    assert {pat.manifest.name for pat in listed} == {"one", "two"}
    for pat in listed:
        assert type(pat) is VirtualAccount and ID.fullmatch(pat.id)
        assert (pat.tenant_name, pat.account_id) == (account.name, account.id)
        assert pat.created_by_subject.subject_id == admin.id
        assert pat.is_expired in (False, None)
        assert_now(pat.created_at)
    told = "".join(exchange.body.decode() for exchange in wire.exchanges[-2:])
    assert not any(token in told for token in tokens)


@proves("P-2.2")
def test_names_are_searched(tfy: Any) -> None:
    for name in ("build-linux", "build-mac", "laptop"):
        tfy.personal_access_tokens.create(name=name)

    def found(text: str) -> set[str]:
        listed = tfy.personal_access_tokens.list(name_search_query=text)
        return {pat.manifest.name for pat in listed}

    assert found("build") == {"build-linux", "build-mac"}
    assert found("-mac") == {"build-mac"}
    assert found("%") == found("nothing-like-it") == set()


# -- revoke --------------------------------------------------------------------------------------


@proves("P-2.3", "X-1.5")
@pytest.mark.parametrize("kind", ["opaque", "jwt"])
def test_what_is_deleted_ends_at_once(tfy: Any, bearer: Any, wire: Wire, kind: str) -> None:
    token = tfy.personal_access_tokens.create(name="short-lived", token_type=kind).token
    kept = tfy.personal_access_tokens.create(name="kept", token_type=kind).token
    assert works(bearer, token)
    tfy.personal_access_tokens.delete(pats(tfy)["short-lived"])
    assert (wire.last.status, wire.last.json()) == (200, {})
    assert not works(bearer, token) and works(bearer, kept)
    assert set(pats(tfy)) == {"kept"}
    again = tfy.personal_access_tokens.create(name="short-lived", token_type=kind).token
    assert again != token and works(bearer, again) and not works(bearer, token)


@proves("P-2.4", "X-2.1")
def test_an_id_that_is_not_the_callers_is_404(
    tfy: Any, connect: Any, bearer: Any, other: Account, account: Account, wire: Wire
) -> None:
    colleague = account.user("member")
    tokens, ids = [], []
    for who in (colleague, other.user("member")):
        theirs = connect(who.token)
        tokens.append(theirs.personal_access_tokens.create(name="theirs").token)
        ids.append(pats(theirs)["theirs"])
    member = connect(account.user("member").token)
    for id in (*ids, UNKNOWN_ID, "nobody"):
        with calls(wire, 1), refused(NotFoundError):
            member.personal_access_tokens.delete(id)
    with refused(NotFoundError):
        tfy.personal_access_tokens.delete(ids[1])
    assert all(works(bearer, token) for token in tokens)


@proves("P-2.5")
def test_revoke_all_ends_every_one_of_a_user(
    tfy: Any, connect: Any, bearer: Any, account: Account, member: Identity, wire: Wire
) -> None:
    plain, mate = connect(member.token), account.user("member")
    tokens = [
        plain.personal_access_tokens.create(name=f"pat-{kind}", token_type=kind).token
        for kind in ("opaque", "jwt")
    ]
    untouched = connect(mate.token).personal_access_tokens.create(name="mine").token
    tfy.personal_access_tokens.revoke_all(email=member.email)
    assert wire.last.method == "DELETE" and wire.last.sent() == {"email": member.email}
    assert (wire.last.status, wire.last.json()) == (200, {})
    assert not any(works(bearer, token) for token in tokens)
    assert works(bearer, member.token) and works(bearer, untouched)
    assert pats(plain) == {}


@proves("P-2.6")
def test_revoke_all_is_for_administrators(
    tfy: Any,
    connect: Any,
    bearer: Any,
    other: Account,
    member: Identity,
    admin: Identity,
    http: httpx.Client,
) -> None:
    token = tfy.personal_access_tokens.create(name="kept").token
    with refused(ApiError, 403):
        connect(member.token).personal_access_tokens.revoke_all(email=admin.email)
    for email in ("nobody@example.test", other.user("member").email):
        with refused(NotFoundError):
            tfy.personal_access_tokens.revoke_all(email=email)
    for body in ({}, {"email": 5}, {"email": None}):
        answer = http.request("DELETE", "/personal-access-tokens/revoke/all", json=body)
        assert_refused(answer, 422)
    assert works(bearer, token)
