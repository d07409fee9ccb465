"""`prime whoami`, `teams`, `switch` and `config`: who one is, and for which team."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from checks import page
from cli import Prime
from identities import User, unique
from proof import proves
from recorder import Recorder
from vault import resolve, take_slug
from wire import Wire


@proves("A-5.1")
def test_whoami_personal(prime: Prime, http: httpx.Client, user: User, wire: Wire) -> None:
    done = prime("whoami").said("Personal", user.id, user.email, "Not set")
    assert (wire.last.call, wire.last.query) == ("GET /user/whoami", {})
    assert prime.config["user_id"] == user.id
    assert "Unknown" not in done.out
    slug = take_slug(http)
    prime("whoami").said(slug)


@proves("A-5.1")
def test_whoami_for_a_team(prime: Prime, user: User, wire: Wire) -> None:
    team = user.team()
    prime("whoami", PRIME_TEAM_ID=team.id).said("Team ID", team.id, user.email)
    assert wire.last.query == {"teamId": team.id}


@proves("A-5.1")
def test_whoami_with_a_narrow_key(prime: Prime, user: User) -> None:
    key = user.further_token(scopes=["list"])
    prime("whoami", PRIME_API_KEY=key.text).said(user.email)


@proves("A-5.2")
def test_teams_list(prime: Prime, http: httpx.Client, user: User, wire: Wire) -> None:
    assert prime.data("teams", "list")["teams"] == []
    teams = [user.team() for _ in range(3)]
    told = prime.data("teams", "list")
    assert wire.last.query == {"offset": "0", "limit": "100"}
    assert told == {
        "teams": page(http.get("/user/teams"))["data"],
        "total_count": 3,
        "offset": 0,
        "limit": 100,
    }
    part = prime.data("teams", "list", "--limit", "2", "--offset", "2")
    assert part["teams"] == told["teams"][2:]
    assert part["total_count"] == 3


@proves("A-5.2")
def test_teams_list_in_words(prime: Prime, http: httpx.Client, user: User) -> None:
    team = user.team()
    slug = resolve(http, team_id=team.id).owner
    prime("teams", "list").said("Teams (Total: 1)", team.id, team.name, slug)
    user.team()
    prime("teams", "list", "--limit", "1").said("Showing 1 of 2 teams.")


@proves("A-5.3")
def test_teams_members(prime: Prime, user: User, colleague: User, wire: Wire) -> None:
    team = user.team(colleague)
    told = prime.data("teams", "members", "--team-id", team.id)
    assert wire.last.call == f"GET /teams/{team.id}/members"
    assert {member["userId"] for member in told["members"]} == {user.id, colleague.id}
    done = prime("teams", "members", PRIME_TEAM_ID=team.id)
    done.said("Team Members (Total: 2)", user.email, colleague.email)
    prime("teams", "members", "--team-id", colleague.team().id).failed(f"HTTP {wire.last.status}")
    assert wire.last.status in (403, 404)


@proves("A-5.4")
def test_switch_by_id_in_any_case(prime: Prime, user: User) -> None:
    team = user.team()
    for named in (team.id, team.id.upper()):
        prime("switch", named).said(f"Switched to team '{team.name}'.")
        assert (prime.config["team_id"], prime.config["team_name"]) == (team.id, team.name)
        assert prime.config["team_role"] in ("ADMIN", "MEMBER")
        prime("switch", "personal").said("Switched to personal account.")
        assert prime.config["team_id"] is None


@proves("A-5.4")
def test_switch_by_slug(prime: Prime, http: httpx.Client, user: User) -> None:
    team = user.team()
    slug = resolve(http, team_id=team.id).owner
    prime("switch", slug).said(f"Switched to team '{team.name}'.")
    assert prime.config["team_id"] == team.id


@proves("A-5.4")
def test_switch_by_choosing(prime: Prime, user: User) -> None:
    team = user.team()
    prime("switch", answers=("2",)).said("Personal", f"Switched to team '{team.name}'.")
    assert prime.config["team_id"] == team.id


@proves("A-5.4")
def test_switch_refuses(prime: Prime, user: User, colleague: User) -> None:
    team, theirs = user.team(), colleague.team()
    for named in (theirs.id, unique("nobody")):
        prime("switch", named).failed(f"Team '{named}' not found.")
    prime("switch", team.id, PRIME_TEAM_ID=team.id).failed("PRIME_TEAM_ID is set")
    assert prime.config["team_id"] is None


@proves("A-5.5")
def test_switch_finds_a_team_on_the_second_page(prime: Prime, user: User, wire: Wire) -> None:
    teams = {user.team().id for _ in range(101)}
    told = prime.data("teams", "list", "--offset", "100")["teams"]
    assert len(told) == 1
    (last,) = told
    assert last["teamId"] in teams
    prime("switch", last["teamId"]).said(f"Switched to team '{last['name']}'.")
    queries = [exchange.query for exchange in wire.exchanges[-2:]]
    assert queries == [{"offset": "0", "limit": "100"}, {"offset": "100", "limit": "100"}]


@proves("A-5.6")
def test_config_set_team_id(prime: Prime, user: User, colleague: User, wire: Wire) -> None:
    team, theirs = user.team(), colleague.team()
    prime("config", "set-team-id", team.id).said(f"Team '{team.name}' ({team.id}) configured")
    assert prime.config["team_id"] == team.id
    prime("config", "set-team-id", theirs.id).said(f"Team ID '{theirs.id}' configured")
    prime("secret", "list").failed("HTTP 403: ")
    before = len(wire.exchanges)
    for named in (team.id.upper(), team.id[:-1], "no-id", team.name):
        prime("config", "set-team-id", named).failed("Invalid team ID format.")
    assert len(wire.exchanges) == before
    prime("config", "set-team-id", "").said("Using personal account.")
    assert prime.config["team_id"] is None


@proves("A-5.7")
def test_config_set_api_key(recorder: Recorder, tmp_path: Path, user: User, wire: Wire) -> None:
    prime = Prime(tmp_path / "newcomer", recorder.url, None)
    prime("config", "set-api-key", user.token).said("configured successfully!")
    assert wire.last.call == "GET /user/whoami"
    assert (prime.config["api_key"], prime.config["user_id"]) == (user.token, user.id)
    prime("secret", "list").said("No personal secrets found.")


@proves("A-5.7")
@pytest.mark.parametrize("way", ["base-url", "context"])
def test_the_settings_may_be_kept(
    recorder: Recorder, tmp_path: Path, user: User, wire: Wire, way: str
) -> None:
    prime = Prime(tmp_path / "newcomer", recorder.url, user.token)
    bare = {"PRIME_API_BASE_URL": None, "PRIME_API_KEY": None}
    prime("config", "set-base-url", recorder.url).said()
    prime("config", "set-api-key", user.token, PRIME_API_BASE_URL=None).said()
    flags = []
    if way == "context":
        prime("config", "save", "ours", **bare).said()
        prime("config", "use", "production", **bare).said()
        flags = ["-c", "ours"]
    assert prime(*flags, "secret", "list", "--output", "json", **bare).json() == {"secrets": []}
    assert wire.last.call == "GET /secrets/"
