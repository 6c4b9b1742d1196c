"""Tokens: made once, kept as hashes, never more than their person."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Http

from agents.models import Client, RoleScope
from helpdesk.core.domain.api_token import digest, is_token, make_token
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Conflict, Invalid
from helpdesk.core.models import ApiToken, AuditEntry, Role, User
from helpdesk.core.selectors.tokens import tokens_visible_to, user_by_token
from helpdesk.core.services import tokens
from helpdesk.core.services.secrets import seal_for_now
from helpdesk.core.services.tokens import create_token, note_use, revoke_token
from tests.api.conftest import program_of, send, told
from tests.conftest import make_user
from tickets.models import Ticket

TICKETS = "/api/v1/tickets/"
VIEW = [Permission.TICKETS_VIEW]


def test_a27_only_the_hash_is_kept(ada: User, now: datetime) -> None:
    token, plain = create_token(user=ada, name=" My  script ", scopes=VIEW, days="90", now=now)
    assert is_token(plain)
    row = ApiToken.objects.values().get()
    assert (row["name"], row["token_hash"], row["prefix"]) == ("My script", digest(plain), plain[:8])
    assert plain not in str(row)
    assert plain not in str(list(AuditEntry.objects.values()))
    assert token.expires_at == now + timedelta(days=90)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "n" * 81}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": [Permission.USERS_EDIT]}, "scopes"),
        ({"days": "91"}, "days"),
    ],
)
def test_a14_a_token_may_no_more_than_its_maker(
    ada: User, now: datetime, change: dict[str, object], field: str
) -> None:
    wanted: dict[str, object] = {"name": "Script", "scopes": VIEW, "days": "never"} | change
    with pytest.raises(Invalid) as problem:
        create_token(user=ada, **wanted, now=now)  # type: ignore[arg-type]
    assert list(problem.value.fields or {}) == [field]


def test_there_is_an_end_to_tokens(ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 1)
    create_token(user=ada, name="One", scopes=VIEW, days="never", now=now)
    with pytest.raises(Conflict):
        create_token(user=ada, name="Two", scopes=VIEW, days="never", now=now)


def test_a_token_ends_by_time_by_hand_and_with_its_person(ada: User, now: datetime) -> None:
    token, plain = create_token(user=ada, name="Script", scopes=VIEW, days="30", now=now)
    late = now + timedelta(days=30)
    assert user_by_token(plain, now=late - timedelta(seconds=1)) is not None
    assert user_by_token(plain, now=late) is None
    assert user_by_token(make_token(), now=now) is None
    assert user_by_token("nonsense", now=now) is None
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert user_by_token(plain, now=now) is None
    User.objects.filter(pk=ada.pk).update(is_active=True)
    revoke_token(token=token, by=ada, now=now)
    assert user_by_token(plain, now=now) is None
    with pytest.raises(Conflict):
        revoke_token(token=token, by=ada, now=now)


def test_a_token_never_acts_as_administrator(carla: User, now: datetime) -> None:
    _token, plain = create_token(user=carla, name="All", scopes=list(Permission), days="never", now=now)
    found = user_by_token(plain, now=now)
    assert found is not None
    assert found[0].may(Permission.USERS_EDIT)
    assert not found[0].is_administrator


def test_a_use_is_noted_once_a_minute(ada: User, now: datetime) -> None:
    token, _plain = create_token(user=ada, name="Script", scopes=VIEW, days="never", now=now)
    note_use(token=token, now=now)
    token.refresh_from_db()
    note_use(token=token, now=now + timedelta(seconds=59))
    token.refresh_from_db()
    assert token.last_used_at == now
    note_use(token=token, now=now + timedelta(seconds=60))
    token.refresh_from_db()
    assert token.last_used_at == now + timedelta(seconds=60)


def test_people_see_their_own_tokens_administrators_all(ada: User, bob: User, carla: User) -> None:
    program_of(ada)
    assert list(tokens_visible_to(bob)) == []
    assert tokens_visible_to(ada).count() == tokens_visible_to(carla).count() == 1


# --- at the door


def test_a_program_reads_and_writes_without_a_cookie(script: Http) -> None:
    answer = send(script, "POST", TICKETS, {"subject": "Disk full"})
    assert answer.status_code == 201
    assert told(script.get(TICKETS))["results"][0]["number"] == told(answer)["number"]
    assert script.cookies == {}
    assert ApiToken.objects.get().last_used_at is not None


def test_scopes_hold_at_every_call(ada: User) -> None:
    reader = program_of(ada, Permission.TICKETS_VIEW)
    assert reader.get(TICKETS).status_code == 200
    answer = send(reader, "POST", TICKETS, {"subject": "No"})
    assert (answer.status_code, told(answer)["code"]) == (403, "permission-denied")
    clients_only = program_of(ada, Permission.CLIENTS_VIEW)
    assert clients_only.get(TICKETS).status_code == 403


def test_a_program_sees_no_client_that_its_person_does_not_see(
    acme: Client, globex: Client, role_technician: Role, now: datetime
) -> None:
    only = Role.objects.create(name="Globex only", permissions=role_technician.permissions)
    RoleScope.objects.create(role=only, client=globex)
    grace = make_user("grace@desk.example", "Grace", only)
    kept = {"subject": "S", "created_at": now, "updated_at": now}
    theirs = Ticket.objects.create(client=globex, **kept)
    secret = Ticket.objects.create(client=acme, **kept)
    program = program_of(grace)
    assert [row["number"] for row in told(program.get(TICKETS))["results"]] == [theirs.pk]
    assert program.get(f"{TICKETS}{secret.pk}/").status_code == 404


def test_a20_guessing_tokens_ends_soon(db: None) -> None:
    codes = [
        Http(headers={"Authorization": f"Bearer {make_token()}"}).get(TICKETS).status_code for _ in range(21)
    ]
    assert codes == [401] * 20 + [429]


def test_an_unknown_token_is_told_so(db: None) -> None:
    answer = Http(headers={"Authorization": "Bearer dbt_x"}).get(TICKETS)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert told(answer)["code"] == "token-unknown"
    assert told(Http().get(TICKETS))["code"] == "not-authenticated"


# --- the same call twice


def test_the_same_key_does_it_once(script: Http) -> None:
    first = send(script, "POST", TICKETS, {"subject": "Once"}, Idempotency_Key="k-1")
    again = send(script, "POST", TICKETS, {"subject": "Once"}, Idempotency_Key="k-1")
    assert (again.status_code, told(again)) == (201, told(first))
    assert again["Idempotent-Replay"] == "true"
    assert Ticket.objects.count() == 1


def test_a_key_of_another_call_is_refused(script: Http) -> None:
    send(script, "POST", TICKETS, {"subject": "Once"}, Idempotency_Key="k-1")
    other = send(script, "POST", TICKETS, {"subject": "Twice"}, Idempotency_Key="k-1")
    long = send(script, "POST", TICKETS, {"subject": "Twice"}, Idempotency_Key="k" * 101)
    assert (other.status_code, long.status_code) == (422, 422)


def test_a_refused_call_leaves_its_key_free(script: Http) -> None:
    assert send(script, "POST", TICKETS, {}, Idempotency_Key="k-1").status_code == 422
    assert send(script, "POST", TICKETS, {"subject": "Now"}, Idempotency_Key="k-1").status_code == 201


def test_keys_are_forgotten_after_a_day(script: Http) -> None:
    from helpdesk.core.models import KeptAnswer
    from helpdesk.core.services.kept_answers import forget_answers

    send(script, "POST", TICKETS, {"subject": "Once"}, Idempotency_Key="k-1")
    forget_answers(datetime.now(UTC))
    assert KeptAnswer.objects.count() == 1
    forget_answers(datetime.now(UTC) + timedelta(days=1, minutes=1))
    assert KeptAnswer.objects.count() == 0


def test_a11_a_client_that_was_taken_away_is_not_told_again(
    acme: Client, globex: Client, role_technician: Role
) -> None:
    only = Role.objects.create(name="Two", permissions=role_technician.permissions)
    RoleScope.objects.bulk_create(RoleScope(role=only, client=client) for client in (acme, globex))
    program = program_of(make_user("grace@desk.example", "Grace", only))
    new = {"subject": "Secret", "client": str(acme.public_id)}
    assert send(program, "POST", TICKETS, new, Idempotency_Key="k-1").status_code == 201
    RoleScope.objects.filter(client=acme).delete()
    again = send(program, "POST", TICKETS, new, Idempotency_Key="k-1")
    assert (again.status_code, told(again)["code"]) == (409, "rights-changed")
    assert b"Secret" not in again.content


def test_a11_nor_beside_a_role_for_all_clients(acme: Client, globex: Client, role_technician: Role) -> None:
    only = Role.objects.create(name="Two", permissions=role_technician.permissions)
    RoleScope.objects.bulk_create(RoleScope(role=only, client=client) for client in (acme, globex))
    auditor = Role.objects.create(name="Auditor", permissions=["audit.view"], all_clients=True)
    program = program_of(make_user("grace@desk.example", "Grace", only, auditor))
    new = {"subject": "Secret", "client": str(acme.public_id)}
    assert send(program, "POST", TICKETS, new, Idempotency_Key="k-1").status_code == 201
    RoleScope.objects.filter(client=acme).delete()
    again = send(program, "POST", TICKETS, new, Idempotency_Key="k-1")
    assert (again.status_code, told(again)["code"]) == (409, "rights-changed")


def test_a14_a_token_of_fewer_scopes_hears_no_answer_of_a_larger_one(ada: User) -> None:
    big, small = program_of(ada), program_of(ada, "tickets.view", "tickets.edit")
    send(big, "POST", TICKETS, {"subject": "Once"}, Idempotency_Key="k-1")
    again = send(small, "POST", TICKETS, {"subject": "Once"}, Idempotency_Key="k-1")
    assert told(again)["code"] == "rights-changed"


# --- what somebody else changed


def test_a_save_against_a_changed_ticket_is_refused(script: Http) -> None:
    number = told(send(script, "POST", TICKETS, {"subject": "Disk"}))["number"]
    url = f"{TICKETS}{number}/"
    tag = script.get(url)["ETag"]
    first = send(script, "PATCH", url, {"priority": "high"}, If_Match=tag)
    assert first.status_code == 200
    stale = send(script, "PATCH", url, {"priority": "low"}, If_Match=tag)
    assert (stale.status_code, told(stale)["code"]) == (412, "changed-meanwhile")
    assert send(script, "PATCH", url, {"priority": "low"}, If_Match=first["ETag"]).status_code == 200
    assert send(script, "PATCH", url, {"priority": "low"}, If_Match="*").status_code == 200


# --- the pages


def test_a_token_is_shown_once_on_the_page_that_made_it(client_ada: Http, ada: User) -> None:
    sent = {"name": "Script", "days": "90", "scopes": ["tickets.view"]}
    assert client_ada.post("/profile/tokens/", sent)["Location"] == "/profile/tokens/"
    page = client_ada.get("/profile/tokens/")
    assert page["Cache-Control"] == "no-store, private"
    plain = page.content.decode().split('<code class="code select-all">')[1].split("<")[0]
    assert user_by_token(plain, now=datetime.now(UTC)) is not None
    assert plain not in client_ada.get("/profile/tokens/").content.decode()


def test_a27_the_token_on_its_way_is_sealed_for_its_person(client_ada: Http, client_bob: Http) -> None:
    client_ada.post("/profile/tokens/", {"name": "Script", "days": "90", "scopes": ["tickets.view"]})
    sealed = client_ada.cookies["new-token"]
    assert sealed["httponly"]
    assert "dbt_" not in sealed.value
    client_bob.cookies["new-token"] = sealed.value
    assert b'id="new-token"' not in client_bob.get("/profile/tokens/").content


def test_a27_the_token_on_its_way_opens_for_a_minute_alone(client_ada: Http, ada: User) -> None:
    for seconds, is_shown in ((62, False), (1, True)):
        begun = datetime.now(UTC) - timedelta(seconds=seconds)
        sealed = seal_for_now("dbt_1", purpose=f"new token of {ada.pk}", now=begun)
        client_ada.cookies["new-token"] = sealed
        assert (b'id="new-token"' in client_ada.get("/profile/tokens/").content) is is_shown


def test_the_form_offers_what_one_may_do_and_keeps_what_was_typed(client_ada: Http) -> None:
    assert b"users.edit" not in client_ada.get("/profile/tokens/").content
    page = client_ada.post("/profile/tokens/", {"name": "My script", "days": "90"})
    assert page.status_code == 422
    assert b'value="My script"' in page.content


def test_an_administrator_revokes_anybodys_token(client_carla: Http, ada: User) -> None:
    program = program_of(ada)
    token = ApiToken.objects.get()
    assert b"Ada Lovelace" in client_carla.get("/settings/tokens/").content
    for _twice in range(2):
        answer = client_carla.post(f"/profile/tokens/{token.pk}/revoke/", {"all": "1"})
        assert answer["Location"] == "/settings/tokens/"
    assert program.get(TICKETS).status_code == 401
