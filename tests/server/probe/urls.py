import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import include, path
from django.utils import timezone

from agents import api_urls as agents_api
from agents.domain.profile import is_online
from agents.domain.secret import digest, make_credential
from agents.models import Client, Device, Profile, RoleScope
from helpdesk.core import lines
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.events import publish
from helpdesk.core.models import Job, Role, User
from helpdesk.core.services.jobs import enqueue
from helpdesk.core.web import client_address
from tests.server.probe.apps import write


def sign_in(request: HttpRequest) -> JsonResponse:
    """{email, clients: null | [names]}: makes the user with that scope and signs it in."""
    wish = json.loads(request.body)
    role, _ = Role.objects.get_or_create(
        name=f"Role of {wish['email']}",
        defaults={"all_clients": wish["clients"] is None, "permissions": [str(name) for name in Permission]},
    )
    user, _ = User.objects.get_or_create(email=wish["email"], defaults={"full_name": wish["email"]})
    user.roles.set([role])
    clients = {name: _client(name).pk for name in wish["clients"] or ()}
    for pk in clients.values():
        RoleScope.objects.get_or_create(role=role, client_id=pk)
    login(request, user)
    return JsonResponse({"user_id": user.pk, "clients": clients})


def sign_out(request: HttpRequest) -> JsonResponse:
    logout(request)
    return JsonResponse({})


def announce(request: HttpRequest) -> JsonResponse:
    """{name, ref, client_id, user_id}: one event."""
    with transaction.atomic():
        publish(**json.loads(request.body))
    return JsonResponse({})


def profile(request: HttpRequest) -> JsonResponse:
    """{state}: a profile of Acme with a credential."""
    now, credential = timezone.now(), make_credential()
    device, _ = Device.objects.get_or_create(
        client=_client("Acme"), machine_id="probe-1", defaults={"name": "PC-1", "created_at": now}
    )
    made = Profile.objects.create(
        device=device,
        sid=f"S-1-5-21-{time.monotonic_ns()}",
        user_name="ada",
        state=json.loads(request.body)["state"],
        state_changed_at=now,
        credential_hash=digest(credential),
        created_at=now,
    )
    return JsonResponse({"id": made.pk, "ref": str(made.public_id), "credential": credential})


def change_profile(request: HttpRequest, pk: int) -> JsonResponse:
    """Fields to set, told as the agents' services tell it; with GET what the row holds."""
    found = Profile.objects.select_related("device").get(pk=pk)
    if request.method == "POST":
        with transaction.atomic():
            Profile.objects.filter(pk=pk).update(**json.loads(request.body))
            publish("profile", ref=str(found.public_id), client_id=found.device.client_id)
    seen, left = found.last_seen_at, found.signed_out_at
    online = is_online(seen, timezone.now())
    return JsonResponse({"last_seen_at": seen, "signed_out_at": left, "is_online": online})


def tell(request: HttpRequest) -> JsonResponse:
    """{to: [refs]} or {topic} with {kind, fields}: a message to agents; {ref, topic, on}: who follows it."""
    wish = json.loads(request.body)
    with transaction.atomic():
        if "on" in wish:
            (lines.follow if wish["on"] else lines.unfollow)(wish["ref"], wish["topic"])
        elif "to" in wish:
            for _ in range(wish.get("times", 1)):
                lines.tell_agents(wish["to"], wish["kind"], **wish["fields"])
        else:
            lines.tell_topic(wish["topic"], wish["kind"], **wish["fields"])
    return JsonResponse({})


def start_jobs(request: HttpRequest, count: int) -> JsonResponse:
    with transaction.atomic():
        for number in range(count):
            enqueue(kind="probe", ref=str(number), now=timezone.now())
    return JsonResponse({"queued": count})


def jobs_left(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"left": Job.objects.exclude(status=Job.Status.DONE).count()})


def body(request: HttpRequest) -> JsonResponse:
    summary, length = hashlib.sha256(), 0
    while chunk := request.read(1 << 20):
        summary.update(chunk)
        length += len(chunk)
    return JsonResponse({"length": length, "sha256": summary.hexdigest()})


def drip(_request: HttpRequest) -> StreamingHttpResponse:
    def parts() -> Iterator[bytes]:
        for number in range(3):
            yield f"part {number}\n".encode()
            time.sleep(0.3)

    return StreamingHttpResponse(parts(), content_type="text/plain")


def slow(_request: HttpRequest) -> HttpResponse:
    write("slow")
    time.sleep(1)
    return HttpResponse("done")


def caller(request: HttpRequest) -> JsonResponse:
    seen: dict[str, Any] = {"remote": request.META["REMOTE_ADDR"], "client": client_address(request)}
    return JsonResponse(seen)


def _client(name: str) -> Client:
    return Client.objects.get_or_create(name=name)[0]


urlpatterns = [
    path("api/agent/v1/", include((agents_api.urlpatterns, "agent-api"))),
    path("probe/sign-in/", sign_in),
    path("probe/sign-out/", sign_out),
    path("probe/announce/", announce),
    path("probe/profile/", profile),
    path("probe/profile/<int:pk>/", change_profile),
    path("probe/tell/", tell),
    path("probe/jobs/<int:count>/", start_jobs),
    path("probe/jobs/left/", jobs_left),
    path("probe/body/", body),
    path("probe/drip/", drip),
    path("probe/slow/", slow),
    path("probe/caller/", caller),
]
