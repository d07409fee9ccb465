"""The client itself: strictness, raw and streamed answers, settings, additions."""

from __future__ import annotations

from typing import Any

import pytest
from scale_gp_beta import APIResponseValidationError, NotFoundError, SGPClient
from scale_gp_beta.types.cloud_secret import CloudSecret

from checks import calls, refused
from families import CREDENTIALS, Family
from identities import Account, Server, unique
from proof import proves
from wire import Wire


def every_method(sgp: Any, wire: Wire) -> list[Any]:
    """Calls all thirteen methods, each with all it takes."""
    key, name = unique(), unique()
    more = {"limit": 10, "sort_by": "created_at", "sort_order": "desc"}
    secret = sgp.secrets.create(key=key, value=wire.canary(), description="d")
    credential = sgp.credentials.create(
        name=name, type="json", payload='{"a": 1}', description="d", credential_metadata={"m": [1]}
    )
    return [
        secret,
        sgp.secrets.retrieve(secret.id),
        sgp.secrets.update(secret.id, value=wire.canary(), description="e"),
        *sgp.secrets.list(**more),
        sgp.secrets.delete(secret.id),
        credential,
        sgp.credentials.retrieve(credential.id),
        sgp.credentials.retrieve_by_name(name),
        sgp.credentials.update(
            credential.id,
            name=f"{name}-2",
            type="json",
            payload='{"b": 2}',
            description="e",
            credential_metadata={"m": 2},
        ),
        *sgp.credentials.list(name=f"{name}-2", **more),
        sgp.credentials.decrypt(credential.id),
        sgp.credentials.decrypt_by_name(f"{name}-2"),
        sgp.credentials.delete(credential.id),
    ]


@proves("X-5.1", "X-5.2", "X-5.3", "X-5.5")
@pytest.mark.parametrize("strict", [True, False], ids=["strict", "lenient"])
def test_every_method(connect: Any, wire: Wire, strict: bool) -> None:
    with calls(wire, 13):
        answers = every_method(connect(_strict_response_validation=strict), wire)
    assert len(answers) == 13
    assert [exchange.status for exchange in wire.exchanges].count(204) == 1
    for exchange in wire.exchanges:
        assert exchange.status in (200, 204)
        assert (exchange.status == 204) == (
            exchange.method == "DELETE" and exchange.target.startswith("/v5/sgp")
        )
        if exchange.status == 200:
            assert exchange.headers["content-type"].split(";")[0] == "application/json"
            assert isinstance(exchange.json(), dict)


@proves("X-5.2")
def test_the_client_is_the_synchronous_one(connect_sync: Any, wire: Wire) -> None:
    sgp = connect_sync()
    assert type(sgp) is SGPClient
    every_method(sgp, wire)
    for exchange in wire.exchanges:
        assert exchange.request_headers["x-stainless-async"] == "false"
        assert exchange.request_headers["user-agent"] == "SGPClient/Python 0.7.0"
        assert exchange.request_headers["x-stainless-retry-count"] == "0"


@proves("X-5.4")
def test_every_method_through_with_raw_response(sgp: Any, wire: Wire) -> None:
    secrets, credentials = sgp.secrets.with_raw_response, sgp.credentials.with_raw_response
    secret = secrets.create(key=unique(), value=wire.canary())
    credential = credentials.create(name=unique(), type="key", payload="raw payload")
    made, kept = secret.parse(), credential.parse()
    answers = [
        secret,
        secrets.retrieve(made.id),
        secrets.update(made.id, description="raw"),
        secrets.list(limit=1),
        secrets.delete(made.id),
        credential,
        credentials.retrieve(kept.id),
        credentials.retrieve_by_name(kept.name),
        credentials.update(kept.id, description="raw"),
        credentials.list(limit=1),
        credentials.decrypt(kept.id),
        credentials.decrypt_by_name(kept.name),
        credentials.delete(kept.id),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 204, *[200] * 8]
    assert {answer.retries_taken for answer in answers} == {0}
    assert answers[4].parse() is None
    assert answers[10].parse().result == "raw payload"
    assert answers[12].parse().deleted is True


@proves("X-5.4", "X-4.12")
def test_a_raw_list_pages_on(sgp: Any, wire: Wire, family: Family) -> None:
    made = {family.add(sgp, wire).id for _ in range(3)}
    page = family.of(sgp).with_raw_response.list(limit=1).parse()
    assert {item.id for item in page} == made


@proves("X-5.4")
def test_every_method_through_with_streaming_response(sgp: Any, wire: Wire) -> None:
    secrets, credentials = (
        sgp.secrets.with_streaming_response,
        sgp.credentials.with_streaming_response,
    )
    with secrets.create(key=unique(), value=wire.canary()) as answer:
        secret = answer.parse()
    with credentials.create(name=unique(), type="key", payload="streamed payload") as answer:
        credential = answer.parse()
    for ask in (
        secrets.retrieve(secret.id),
        secrets.update(secret.id, description="streamed"),
        secrets.list(),
        secrets.delete(secret.id),
        credentials.retrieve(credential.id),
        credentials.retrieve_by_name(credential.name),
        credentials.update(credential.id, description="streamed"),
        credentials.list(),
        credentials.decrypt_by_name(credential.name),
    ):
        with ask as answer:
            assert answer.status_code in (200, 204)
    with credentials.decrypt(credential.id) as answer:
        assert answer.parse().result == "streamed payload"
    with credentials.delete(credential.id) as answer:
        assert answer.parse().deleted is True


@proves("X-5.6")
def test_settings_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, server: Server, account: Account
) -> None:
    monkeypatch.setenv("SGP_CLIENT_BASE_URL", server.url)
    monkeypatch.setenv("SGP_API_KEY", account.token)
    monkeypatch.setenv("SGP_ACCOUNT_ID", account.id)
    with SGPClient() as sgp:
        made = sgp.credentials.create(name=unique(), type="key", payload="from the environment")
        assert sgp.credentials.decrypt(made.id).result == "from the environment"


@proves("X-5.7")
def test_headers_and_parameters_of_the_callers_own_are_ignored(
    connect: Any, wire: Wire, family: Family
) -> None:
    sgp = connect(
        default_headers={"x-team": "payments", "constructor": "x"},
        default_query={"trace": "on", "__proto__": "x"},
    )
    made = family.add(sgp, wire, extra_body={"tags": ["a"]})
    assert (
        family.of(sgp).retrieve(
            made.id, extra_query={"verbose": True}, extra_headers={"x-more": "y"}
        )
        == made
    )
    assert [item.id for item in family.of(sgp).list(extra_query={"colour": "blue"})] == [made.id]
    assert "trace=on" in wire.last.target and "colour=blue" in wire.last.target


@proves("X-5.7", "C-1.9")
def test_decrypt_and_delete_ignore_a_body(sgp: Any) -> None:
    made = sgp.credentials.create(name=unique(), type="key", payload="the payload")
    assert sgp.credentials.decrypt(made.id, extra_body={"version": 7}).result == "the payload"
    assert (
        sgp.credentials.decrypt_by_name(made.name, extra_body={"version": 7}).result
        == "the payload"
    )
    assert sgp.credentials.delete(made.id, extra_body={"force": True}).deleted is True


@proves("X-5.8")
def test_a_trailing_slash_of_the_base_url_is_fine(connect: Any, server: Server, wire: Wire) -> None:
    with calls(wire, 13):
        every_method(connect(base_url=f"{server.url}/"), wire)
    assert not any("//" in exchange.target for exchange in wire.exchanges)


@proves("X-5.10")
def test_the_client_refuses_an_empty_id_itself(sgp: Any, wire: Wire, family: Family) -> None:
    items = family.of(sgp)
    with calls(wire, 0):
        for ask in (
            items.retrieve,
            items.update,
            items.delete,
            *([items.decrypt] if family is CREDENTIALS else []),
        ):
            for named in ("", ".", ".."):
                with pytest.raises(ValueError):
                    ask(named)


@proves("X-5.1")
def test_strict_validation_would_tell(connect: Any, wire: Wire) -> None:
    """The check that the strict client can fail at all: a credential is no secret."""
    sgp = connect()
    made = CREDENTIALS.add(sgp, wire)
    with pytest.raises(APIResponseValidationError):
        sgp.get(f"/v5/credentials/{made.id}", cast_to=CloudSecret)


@proves("X-3.6")
def test_a_client_without_retries_is_told_the_same(
    connect: Any, wire: Wire, family: Family
) -> None:
    with calls(wire, 1), refused(NotFoundError):
        family.of(connect(max_retries=0)).retrieve("c" + "0" * 24)
