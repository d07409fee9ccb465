"""Credentials: what each of the eight operations does when all is well."""

from __future__ import annotations

import time
import unicodedata
from typing import Any

import httpx
import pytest
from scale_gp_beta import NotFoundError
from scale_gp_beta.types.credential import Credential
from scale_gp_beta.types.credential_delete_response import CredentialDeleteResponse
from scale_gp_beta.types.credential_secret import CredentialSecret

from checks import CREDENTIAL_MEMBERS, URL_SAFE, assert_now, calls, moment, refused
from families import CREDENTIALS, SECRETS
from identities import Account, unique
from proof import proves
from sizes import CONTROL_MAX, TEXT_MAX
from wire import Wire

SERVER_OWNED = {
    "id": "c" + "0" * 24,
    "object": "sgp_cloud_secret",
    "account_id": "c" + "1" * 24,
    "created_by_user_id": "c" + "2" * 24,
    "created_by_identity_type": "service_account",
    "created_at": "2001-01-01T00:00:00Z",
    "updated_at": "2001-01-01T00:00:00Z",
}

METADATA = {
    "owner": "платежи",
    "rotation": {"days": 90, "last": None, "auto": True, "off": False},
    "hosts": ["a.example.test", {"b": [1, [2, [3, []]]]}, {}],
    "limits": [0, -1, 9007199254740991, -9007199254740991, 0.5, -2.25, 1e100, 0.1],
    "": "an empty name",
    "🔑": "🔑",
    "nul\x00": "\x00",
    "with.dot and space/slash": "",
}

TRICKY_NAMES = [
    "a/b",
    "/",
    "/a",
    "a/",
    "a//b",
    "a/../b",
    "..a",
    "...",
    "a%b",
    "a%2Fb",
    "%2e%2e",
    "%",
    "%%",
    "a%00b",
    "100%25",
    "a?b=c",
    "?",
    "a#b",
    "#",
    "a+b",
    "+",
    "a b",
    "a&b=c",
    "a;b",
    "a:b",
    "a@b",
    "a\\b",
    "..\\a",
    "a,b",
    "a=b",
    "'a'",
    '"a"',
    "a|b",
    "[a]",
    "{a}",
    "<a>",
    "*",
    "a~b",
    "a!$'()*b",
    "null",
    "undefined",
    "true",
    "__proto__",
    "constructor",
    "hasOwnProperty",
]

ROUTE_NAMES = [
    "name",
    "secret",
    "name/secret",
    "x/secret",
    "secret/name",
    "credentials",
    "v5/credentials",
]

WORLD_NAMES = [
    "é",
    "Ключ",
    "密钥",
    "مفتاح",
    "🔑",
    "👩‍👩‍👧",
    "a\u200bb",
    "İ",
    "ß",
    "Å",
    "e\u0301",
    "\U0010ffff",
]


# -- create --------------------------------------------------------------------------------------


@proves("C-1.1", "C-5.1", "C-5.3", "C-5.6", "C-5.7")
def test_create_answers_all_ten_members(sgp: Any, wire: Wire) -> None:
    name = unique()
    made = sgp.credentials.create(
        name=name,
        type="key",
        payload=wire.canary(),
        description="for the importer",
        credential_metadata={"a": 1},
    )
    assert type(made) is Credential
    told = wire.last.json()
    assert wire.last.status == 200
    assert set(told) == CREDENTIAL_MEMBERS
    assert told["object"] == "credential"
    assert (told["name"], told["type"], told["description"]) == (name, "key", "for the importer")
    assert told["credential_metadata"] == {"a": 1}
    assert told["updated_at"] == told["created_at"]
    assert_now(told["created_at"])


@proves("C-5.2")
def test_id_needs_no_escaping(sgp: Any, wire: Wire) -> None:
    assert URL_SAFE.fullmatch(CREDENTIALS.add(sgp, wire).id)


@proves("C-2.8", "C-2.10", "C-5.1")
@pytest.mark.parametrize(
    "more", [{}, {"description": None, "credential_metadata": None}], ids=["omitted", "null"]
)
def test_what_is_unset_is_there_as_null(sgp: Any, wire: Wire, more: dict[str, Any]) -> None:
    made = CREDENTIALS.add(sgp, wire, **more)
    assert set(wire.last.json()) == CREDENTIAL_MEMBERS
    assert made.description is None and made.credential_metadata is None
    sgp.credentials.retrieve(made.id)
    told = wire.last.json()
    assert told["description"] is None and told["credential_metadata"] is None


@proves("C-2.8", "C-2.9")
@pytest.mark.parametrize("description", ["", "описание 🔑", "d" * 4096])
def test_description_reads_back_as_sent(sgp: Any, wire: Wire, description: str) -> None:
    made = CREDENTIALS.add(sgp, wire, description=description)
    assert sgp.credentials.retrieve(made.id).description == description


@proves("C-2.2", "C-2.4", "C-2.6")
@pytest.mark.parametrize(
    "kind",
    ["key", "t", "JSON", "Json", "json ", "application/json", "oauth2 token", "тип", "constructor"],
)
def test_type_is_free_text_and_only_json_is_json(sgp: Any, wire: Wire, kind: str) -> None:
    made = sgp.credentials.create(name=unique(), type=kind, payload="{no json")
    assert made.type == kind
    assert sgp.credentials.retrieve(made.id).type == kind
    assert sgp.credentials.decrypt(made.id).result == "{no json"


@proves("C-2.5", "C-6.2")
@pytest.mark.parametrize(
    "payload",
    [
        '{"a":1}',
        ' { "b" : 2 ,\n "a" : 1.0 } ',
        "[]",
        '"text"',
        "1",
        "null",
        "true",
        '{"a":1,"a":2}',
        "1e400",
        "9007199254740993",
    ],
)
def test_json_payload_of_any_kind_comes_back_as_written(sgp: Any, payload: str) -> None:
    made = sgp.credentials.create(name=unique(), type="json", payload=payload)
    assert sgp.credentials.decrypt(made.id).result == payload


@proves("C-2.10", "C-2.11")
@pytest.mark.parametrize(
    "metadata",
    [{}, METADATA, {"a": {"b": {"c": {"d": {"e": [[[[0]]]]}}}}}],
    ids=["empty", "mixed", "nested"],
)
def test_metadata_reads_back_equal(sgp: Any, wire: Wire, metadata: dict[str, Any]) -> None:
    made = CREDENTIALS.add(sgp, wire, credential_metadata=metadata)
    assert wire.last.json()["credential_metadata"] == metadata
    sgp.credentials.retrieve(made.id)
    assert wire.last.json()["credential_metadata"] == metadata
    sgp.credentials.list()
    assert wire.last.json()["items"][0]["credential_metadata"] == metadata


@proves("C-2.16", "X-2.6")
def test_create_ignores_members_it_does_not_know_or_the_server_owns(
    sgp: Any, other: Account, wire: Wire
) -> None:
    made = CREDENTIALS.add(
        sgp,
        wire,
        extra_body={**SERVER_OWNED, "account_id": other.id, "nothing": [], "__proto__": {"x": 1}},
    )
    told = wire.last.json()
    assert set(told) == CREDENTIAL_MEMBERS
    for member in ("id", "object", "created_by_user_id", "created_at", "updated_at"):
        assert told[member] != SERVER_OWNED[member]
    assert sgp.credentials.retrieve(made.id) == made


@proves("C-2.18")
def test_two_accounts_may_use_one_name(connect: Any, other: Account, wire: Wire) -> None:
    ours, theirs = connect(), connect(api_key=other.token, account_id=other.id)
    mine = ours.credentials.create(name="shared", type="key", payload="mine")
    not_mine = theirs.credentials.create(name="shared", type="key", payload="not mine")
    assert mine.id != not_mine.id
    assert ours.credentials.decrypt_by_name("shared").result == "mine"
    assert theirs.credentials.decrypt_by_name("shared").result == "not mine"


@proves("C-2.20")
def test_a_credential_and_a_secret_may_share_a_name(sgp: Any, wire: Wire) -> None:
    secret, credential = SECRETS.add(sgp, wire, "both"), CREDENTIALS.add(sgp, wire, "both")
    assert secret.id != credential.id
    sgp.secrets.delete(secret.id)
    assert sgp.credentials.retrieve_by_name("both") == credential


# -- who made it ---------------------------------------------------------------------------------


@proves("C-5.4")
def test_a_user_is_told_as_a_user(connect: Any, account: Account, wire: Wire) -> None:
    user = account.user()
    made = CREDENTIALS.add(connect(api_key=user.token), wire)
    assert (made.created_by_user_id, made.created_by_identity_type) == (user.id, "user")


@proves("C-5.5", "C-4.16")
def test_a_service_account_is_told_as_one_and_stays(
    connect: Any, account: Account, wire: Wire
) -> None:
    service = account.service_account()
    made = CREDENTIALS.add(connect(api_key=service.token), wire)
    assert (made.created_by_user_id, made.created_by_identity_type) == (
        service.id,
        "service_account",
    )
    changed = connect().credentials.update(made.id, description="by the administrator")
    assert (changed.created_by_user_id, changed.created_by_identity_type) == (
        service.id,
        "service_account",
    )


# -- retrieve, decrypt ---------------------------------------------------------------------------


@proves("C-1.2", "C-1.3", "C-1.4", "C-5.8")
def test_all_operations_tell_the_same_of_one_credential(sgp: Any, wire: Wire) -> None:
    made = CREDENTIALS.add(sgp, wire, description="same", credential_metadata=METADATA)
    assert sgp.credentials.retrieve(made.id) == made
    assert sgp.credentials.retrieve_by_name(made.name) == made
    assert list(sgp.credentials.list()) == [made]
    changed = sgp.credentials.update(made.id, description="changed")
    assert sgp.credentials.retrieve(made.id) == changed
    assert sgp.credentials.retrieve_by_name(made.name) == changed
    assert list(sgp.credentials.list()) == [changed]


@proves("C-1.7", "C-1.8", "C-6.1", "C-6.3")
def test_decrypt_by_id_and_by_name(sgp: Any, wire: Wire) -> None:
    payload = wire.canary()
    made = sgp.credentials.create(name=unique(), type="key", payload=payload)
    for answer in (sgp.credentials.decrypt(made.id), sgp.credentials.decrypt_by_name(made.name)):
        assert type(answer) is CredentialSecret
        assert answer.result == payload
        assert wire.last.status == 200
        assert wire.last.json() == {"result": payload, "object": "credential_secret"}


@proves("C-6.2", "C-2.7")
@pytest.mark.parametrize(
    "payload",
    [
        "x",
        " ",
        "\n",
        " padded \t",
        "line\r\nline\rline\n",
        "\x00",
        "a\x00b\x1f\x7f\x80",
        "\ufeffwith a mark",
        "пароль 密码 🔑 e\u0301 é \u2028\u2029 \U0010ffff",
        '\\ " / \\u0041 </script>',
        '{"b": 1,  "a": [ ]}',
        "p" * TEXT_MAX,
        "é" * (TEXT_MAX // 2),
        "🔑" * (TEXT_MAX // 4),
        "\x00" * CONTROL_MAX,
    ],
    ids=lambda payload: f"{ascii(payload[:10])}-{len(payload.encode())}",
)
def test_payload_comes_back_exactly(sgp: Any, payload: str) -> None:
    made = sgp.credentials.create(name=unique(), type="key", payload=payload)
    assert sgp.credentials.decrypt(made.id).result == payload
    assert sgp.credentials.decrypt_by_name(made.name).result == payload


@proves("C-5.9")
def test_only_decrypt_holds_the_payload(sgp: Any, wire: Wire) -> None:
    made = CREDENTIALS.add(sgp, wire)
    sgp.credentials.retrieve(made.id)
    sgp.credentials.retrieve_by_name(made.name)
    list(sgp.credentials.list(name=made.name))
    sgp.credentials.update(made.id, payload=wire.canary(), name=unique())
    sgp.credentials.delete(made.id)
    assert all(b'"payload"' not in exchange.body for exchange in wire.exchanges)
    assert wire.leaks() == []


@proves("C-6.7")
def test_reading_changes_nothing(sgp: Any, wire: Wire) -> None:
    made = CREDENTIALS.add(sgp, wire)
    time.sleep(0.01)
    sgp.credentials.decrypt(made.id)
    sgp.credentials.decrypt_by_name(made.name)
    sgp.credentials.retrieve_by_name(made.name)
    assert sgp.credentials.retrieve(made.id) == made


@proves("C-1.9")
@pytest.mark.parametrize("length", [(), (("content-length", "0"),)], ids=["no length", "length 0"])
def test_json_without_a_body_is_no_error(
    http: httpx.Client, account: Account, wire: Wire, length: Any
) -> None:
    made = CREDENTIALS.fill(http, wire, 1)[0]
    headers = [("x-api-key", account.token), ("content-type", "application/json"), *length]
    for method, path in (
        ("POST", f"/{made['id']}/secret"),
        ("POST", f"/name/{made['name']}/secret"),
        ("DELETE", f"/{made['id']}"),
    ):
        assert (
            wire.send_exactly(str(http.base_url), method, CREDENTIALS.route + path, headers).status
            == 200
        )


# -- names ---------------------------------------------------------------------------------------


def found_by_name(sgp: Any, wire: Wire, name: str) -> None:
    payload = wire.canary()
    made = sgp.credentials.create(name=name, type="key", payload=payload)
    assert made.name == name
    assert sgp.credentials.retrieve_by_name(name) == made
    assert sgp.credentials.decrypt_by_name(name).result == payload
    assert list(sgp.credentials.list(name=name)) == [made]


@proves("C-3.1", "C-7.4", "C-2.15")
@pytest.mark.parametrize("name", TRICKY_NAMES)
def test_names_with_special_characters_are_found(sgp: Any, wire: Wire, name: str) -> None:
    found_by_name(sgp, wire, name)


@proves("C-3.2", "C-7.4")
@pytest.mark.parametrize("name", WORLD_NAMES, ids=ascii)
def test_names_of_every_script_are_found(sgp: Any, wire: Wire, name: str) -> None:
    found_by_name(sgp, wire, name)


@proves("C-3.3", "C-1.11")
@pytest.mark.parametrize("name", ROUTE_NAMES)
def test_names_that_look_like_routes_are_found(sgp: Any, wire: Wire, name: str) -> None:
    found_by_name(sgp, wire, name)


@proves("C-1.11")
def test_the_method_tells_the_name_secret_from_the_id_name(
    sgp: Any, http: httpx.Client, wire: Wire
) -> None:
    made = CREDENTIALS.add(sgp, wire, "secret")
    assert http.get("/v5/credentials/name/secret").json()["id"] == made.id
    with refused(NotFoundError):
        sgp.credentials.decrypt("name")
    assert wire.last.target == "/v5/credentials/name/secret"


@proves("C-1.12")
def test_an_id_with_a_slash_is_no_name(sgp: Any, wire: Wire) -> None:
    CREDENTIALS.add(sgp, wire, "x")
    with refused(NotFoundError):
        sgp.credentials.retrieve("name/x")
    assert wire.last.target == "/v5/credentials/name%2Fx"
    with refused(NotFoundError):
        sgp.credentials.decrypt("name/x")


@proves("C-3.6")
def test_names_are_compared_byte_for_byte(sgp: Any, wire: Wire) -> None:
    names = [
        "name-a",
        "Name-A",
        " name-a",
        "name-a ",
        "n\u00e4me",
        unicodedata.normalize("NFD", "n\u00e4me"),
        "name\u2011a",
    ]
    made = {name: CREDENTIALS.add(sgp, wire, name) for name in names}
    for name in names:
        assert sgp.credentials.retrieve_by_name(name) == made[name]
        assert list(sgp.credentials.list(name=name)) == [made[name]]


@proves("C-3.7")
@pytest.mark.parametrize("name", ["n" * 500, "é" * 500], ids=["ascii", "accents"])
def test_the_longest_name_is_found(sgp: Any, wire: Wire, name: str) -> None:
    found_by_name(sgp, wire, name)


@proves("C-3.8")
def test_an_unknown_name_is_404(sgp: Any) -> None:
    with refused(NotFoundError):
        sgp.credentials.retrieve_by_name(unique())
    with refused(NotFoundError):
        sgp.credentials.decrypt_by_name(unique())


# -- update --------------------------------------------------------------------------------------


def untouched(credential: Credential, *but: str) -> dict[str, Any]:
    """All members but the time of the last change and `but`."""
    return {
        name: value
        for name, value in credential.to_dict().items()
        if name not in ("updated_at", *but)
    }


@proves("C-1.5", "C-4.1")
@pytest.mark.parametrize(
    ("member", "sent"),
    [
        ("name", "renamed"),
        ("description", "described"),
        ("type", "certificate"),
        ("credential_metadata", {"b": [2]}),
    ],
)
def test_each_member_can_be_changed_alone(sgp: Any, wire: Wire, member: str, sent: Any) -> None:
    made = sgp.credentials.create(
        name=unique(),
        type="key",
        payload="payload",
        description="before",
        credential_metadata={"a": 1},
    )
    changed = sgp.credentials.update(made.id, **{member: sent})
    assert wire.last.status == 200 and set(wire.last.json()) == CREDENTIAL_MEMBERS
    assert getattr(changed, member) == sent
    assert untouched(changed, member) == untouched(made, member)
    assert sgp.credentials.retrieve(made.id) == changed
    assert sgp.credentials.decrypt(made.id).result == "payload"


@proves("C-4.1", "C-4.12")
def test_a_new_payload_is_what_decrypt_answers(sgp: Any, wire: Wire) -> None:
    made = CREDENTIALS.add(sgp, wire, description="stays", credential_metadata={"a": 1})
    payload = wire.canary()
    changed = sgp.credentials.update(made.id, payload=payload)
    assert untouched(changed) == untouched(made)
    assert sgp.credentials.decrypt(made.id).result == payload
    assert sgp.credentials.decrypt_by_name(made.name).result == payload


@proves("C-4.2")
def test_all_members_may_change_together(sgp: Any, wire: Wire) -> None:
    made = CREDENTIALS.add(sgp, wire)
    sent = {
        "name": unique(),
        "type": "note",
        "description": "all new",
        "credential_metadata": {"n": None},
    }
    changed = sgp.credentials.update(made.id, payload="all new payload", **sent)
    assert {member: getattr(changed, member) for member in sent} == sent
    assert sgp.credentials.decrypt_by_name(sent["name"]).result == "all new payload"


@proves("C-4.3")
def test_an_empty_update_changes_nothing(sgp: Any, wire: Wire) -> None:
    made = CREDENTIALS.add(sgp, wire, description="as it was", credential_metadata={"a": 1})
    time.sleep(0.01)
    assert sgp.credentials.update(made.id) == made
    assert wire.last.request_body == b"{}"
    assert sgp.credentials.retrieve(made.id) == made


@proves("C-4.4")
def test_null_is_unchanged_for_name_type_and_payload(sgp: Any) -> None:
    made = sgp.credentials.create(
        name=unique(), type="key", payload="kept payload", description="d"
    )
    assert sgp.credentials.update(made.id, name=None, type=None, payload=None) == made
    assert sgp.credentials.decrypt(made.id).result == "kept payload"


@proves("C-4.5")
def test_null_clears_the_description_and_empty_text_stays(sgp: Any, wire: Wire) -> None:
    made = CREDENTIALS.add(sgp, wire, description="words")
    assert sgp.credentials.update(made.id, description="").description == ""
    assert sgp.credentials.retrieve(made.id).description == ""
    assert sgp.credentials.update(made.id, description=None).description is None
    assert sgp.credentials.retrieve(made.id).description is None


@proves("C-4.6", "C-4.7")
def test_metadata_is_replaced_as_a_whole_and_cleared_by_null(sgp: Any, wire: Wire) -> None:
    made = CREDENTIALS.add(sgp, wire, credential_metadata={"a": {"deep": 1, "er": 2}, "b": 1})
    changed = sgp.credentials.update(made.id, credential_metadata={"a": {"deep": 3}})
    assert changed.credential_metadata == {"a": {"deep": 3}}
    assert sgp.credentials.update(made.id, credential_metadata={}).credential_metadata == {}
    assert sgp.credentials.update(made.id, credential_metadata=None).credential_metadata is None
    assert sgp.credentials.retrieve(made.id).credential_metadata is None


@proves("C-4.10")
def test_a_rename_moves_the_name(sgp: Any, wire: Wire) -> None:
    made = CREDENTIALS.add(sgp, wire, "old")
    changed = sgp.credentials.update(made.id, name="new/é")
    assert sgp.credentials.retrieve_by_name("new/é") == changed
    with refused(NotFoundError):
        sgp.credentials.retrieve_by_name("old")
    with refused(NotFoundError):
        sgp.credentials.decrypt_by_name("old")
    assert CREDENTIALS.add(sgp, wire, "old").id != made.id


@proves("C-4.11")
def test_a_rename_to_its_own_name_is_fine(sgp: Any, wire: Wire) -> None:
    made = CREDENTIALS.add(sgp, wire, "mine")
    assert sgp.credentials.update(made.id, name="mine").name == "mine"
    assert sgp.credentials.retrieve_by_name("mine").id == made.id


@proves("C-4.14")
def test_type_and_payload_may_change_together(sgp: Any) -> None:
    made = sgp.credentials.create(name=unique(), type="key", payload="{no json")
    assert sgp.credentials.update(made.id, type="json", payload='{"a": 1}').type == "json"
    assert sgp.credentials.decrypt(made.id).result == '{"a": 1}'
    assert sgp.credentials.update(made.id, type="key", payload="{no json").type == "key"
    assert sgp.credentials.decrypt(made.id).result == "{no json"


@proves("C-4.15")
def test_update_takes_what_create_takes(sgp: Any, wire: Wire) -> None:
    made = CREDENTIALS.add(sgp, wire)
    changed = sgp.credentials.update(
        made.id, name="n" * 500, payload="p" * TEXT_MAX, credential_metadata=METADATA
    )
    assert changed.name == "n" * 500
    assert wire.last.json()["credential_metadata"] == METADATA
    assert sgp.credentials.decrypt(made.id).result == "p" * TEXT_MAX


@proves("C-4.16", "C-5.6")
@pytest.mark.parametrize(
    "change",
    [
        {"name": "moved"},
        {"type": "moved"},
        {"description": "moved"},
        {"payload": "moved payload"},
        {"credential_metadata": {"m": 1}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_updated_at_moves_and_created_at_stays(
    sgp: Any, wire: Wire, change: dict[str, Any]
) -> None:
    made = CREDENTIALS.add(sgp, wire)
    before = wire.last.json()
    time.sleep(0.01)
    sgp.credentials.update(made.id, **change)
    after = wire.last.json()
    assert moment(after["updated_at"]) > moment(before["updated_at"])
    assert after["created_at"] == before["created_at"]


@proves("C-4.17")
def test_update_ignores_what_the_server_owns(sgp: Any, wire: Wire) -> None:
    made = CREDENTIALS.add(sgp, wire)
    changed = sgp.credentials.update(
        made.id, description="mine", extra_body={**SERVER_OWNED, "nothing": 1}
    )
    assert untouched(changed, "description") == untouched(made, "description")
    assert_now(wire.last.json()["updated_at"])


# -- delete --------------------------------------------------------------------------------------


@proves("C-1.6", "C-6.4")
def test_delete_answers_what_was_deleted(sgp: Any, wire: Wire) -> None:
    made = CREDENTIALS.add(sgp, wire)
    gone = sgp.credentials.delete(made.id)
    assert type(gone) is CredentialDeleteResponse
    assert wire.last.status == 200
    assert wire.last.json() == {"id": made.id, "deleted": True, "object": "credential"}


@proves("C-6.5")
def test_what_is_deleted_is_gone(sgp: Any, wire: Wire) -> None:
    made, kept = CREDENTIALS.add(sgp, wire), CREDENTIALS.add(sgp, wire)
    sgp.credentials.delete(made.id)
    for ask in (
        lambda: sgp.credentials.retrieve(made.id),
        lambda: sgp.credentials.retrieve_by_name(made.name),
        lambda: sgp.credentials.update(made.id, description="late"),
        lambda: sgp.credentials.decrypt(made.id),
        lambda: sgp.credentials.decrypt_by_name(made.name),
        lambda: sgp.credentials.delete(made.id),
    ):
        with calls(wire, 1), refused(NotFoundError):
            ask()
    page = sgp.credentials.list()
    assert [credential.id for credential in page] == [kept.id] and page.total == 1


@proves("C-6.6")
def test_a_deleted_name_is_free_at_once(sgp: Any) -> None:
    first = sgp.credentials.create(name="again", type="key", payload="first life", description="d")
    sgp.credentials.delete(first.id)
    second = sgp.credentials.create(name="again", type="key", payload="second life")
    assert second.id != first.id and second.description is None
    assert sgp.credentials.decrypt_by_name("again").result == "second life"


# -- list ----------------------------------------------------------------------------------------


@proves("C-7.1", "C-7.2", "C-7.3")
def test_the_filter_is_the_exact_name(sgp: Any, wire: Wire) -> None:
    made = {
        name: CREDENTIALS.add(sgp, wire, name)
        for name in ("alpha", "alpha-2", "Alpha", "al%", "a_pha")
    }
    for name, credential in made.items():
        page = sgp.credentials.list(name=name)
        assert page.items == [credential]
        assert (page.total, page.has_more) == (1, False)
    for name in ("alph", "lpha", "ALPHA", "alpha ", "%", "alpha%", "a-pha", "*"):
        page = sgp.credentials.list(name=name)
        assert (page.items, page.total, page.has_more) == ([], 0, False)


@proves("C-7.4")
def test_in_the_query_a_plus_is_a_space(sgp: Any, http: httpx.Client, wire: Wire) -> None:
    spaced, plus = CREDENTIALS.add(sgp, wire, "a b"), CREDENTIALS.add(sgp, wire, "a+b")
    assert sgp.credentials.list(name="a b").items == [spaced]
    assert sgp.credentials.list(name="a+b").items == [plus]
    for query, found in (("a+b", spaced), ("a%20b", spaced), ("a%2Bb", plus)):
        items = http.get(f"{CREDENTIALS.route}?name={query}").json()["items"]
        assert [item["id"] for item in items] == [found.id]


@proves("C-7.5")
def test_an_empty_filter_lists_everything(sgp: Any, wire: Wire) -> None:
    made = [CREDENTIALS.add(sgp, wire), CREDENTIALS.add(sgp, wire)]
    assert sorted(item.id for item in sgp.credentials.list(name="")) == sorted(
        item.id for item in made
    )
    assert "name" not in wire.last.target
