"""The table of rights: what each address answers to whom. tests/test_rights.py asks them all."""

from dataclasses import dataclass

ACTORS = ("visitor", "foreign agent", "foreign technician", "technician", "administrator")


@dataclass(frozen=True)
class Row:
    """`expected` are the status codes in the order of ACTORS."""

    route: str
    expected: tuple[int, int, int, int, int]
    method: str = "get"


TO_SIGN_IN = (302, 302)
EVERYBODY = (200, 200, 200, 200, 200)
"""The secret is in the address."""
PAGE = (*TO_SIGN_IN, 200, 200, 200)
"""A list or page without an object: everybody who works here, each with their own rows."""
OBJECT = (*TO_SIGN_IN, 404, 200, 200)
DEED = (*TO_SIGN_IN, 404, 302, 302)
ADMIN_PAGE = (*TO_SIGN_IN, 403, 403, 200)
ADMIN_OBJECT = (*TO_SIGN_IN, 403, 403, 200)
ADMIN_DEED = (*TO_SIGN_IN, 403, 403, 302)
BAD_FORM = (*TO_SIGN_IN, 404, 422, 422)
TEAM_OBJECT = (*TO_SIGN_IN, 404, 404, 200)
"""Of a team that no technician here is in."""
CALLED = (401, 401, 200, 200, 200)
"""A list of the API."""
TEAM_DEED = (*TO_SIGN_IN, 404, 404, 302)

ROWS = [
    Row("", (302, 302, 302, 302, 302)),
    Row("sign-in/", (200, 200, 302, 302, 302)),
    Row("sign-out/", (302, 302, 302, 302, 302), "post"),
    Row("sign-out/", (405, 405, 405, 405, 405)),
    Row("profile/", PAGE),
    Row("profile/theme/", (*TO_SIGN_IN, 302, 302, 302), "post"),
    Row("profile/notices/", PAGE),
    Row("notices/", PAGE),
    Row("notices/bell/", PAGE),
    Row("notices/read/", (*TO_SIGN_IN, 302, 302, 302), "post"),
    Row("notices/unread/", (*TO_SIGN_IN, 302, 302, 302), "post"),
    Row("profile/tokens/", PAGE),
    Row("profile/tokens/<int:token>/revoke/", (*TO_SIGN_IN, 404, 404, 302), "post"),
    Row("settings/tokens/", ADMIN_PAGE),
    Row("find/", PAGE),
    Row("tickets/<int:number>/", OBJECT),
    Row("tickets/<int:number>/live/", OBJECT),
    Row("tickets/<int:number>/inbox/", PAGE),
    Row("tickets/<int:number>/peek/", OBJECT),
    Row("tickets/", PAGE),
    Row("tickets/new/", PAGE),
    Row("tickets/export/", PAGE, "post"),
    Row("tickets/bulk/", (*TO_SIGN_IN, 404, 404, 404)),
    Row("tickets/bulk/", (*TO_SIGN_IN, 404, 404, 404), "post"),
    Row("tickets/bulk/<int:run>/undo/", (*TO_SIGN_IN, 404, 404, 404), "post"),
    Row("tickets/<int:number>/reply/", BAD_FORM, "post"),
    Row("tickets/<int:number>/note/", BAD_FORM, "post"),
    Row("tickets/<int:number>/status/", DEED, "post"),
    Row("tickets/<int:number>/priority/", DEED, "post"),
    Row("tickets/<int:number>/assign/", DEED, "post"),
    Row("tickets/<int:number>/take/", DEED, "post"),
    Row("tickets/<int:number>/checklist/", DEED, "post"),
    Row("tickets/<int:number>/snooze/", DEED, "post"),
    Row("tickets/<int:number>/links/", DEED, "post"),
    Row("tickets/<int:number>/tags/", DEED, "post"),
    Row("tickets/<int:number>/subject/", DEED, "post"),
    Row("tickets/<int:number>/people/", DEED, "post"),
    Row("tickets/<int:number>/merge/", OBJECT),
    Row("tickets/<int:number>/merge/", BAD_FORM, "post"),
    Row("tickets/<int:number>/merge/undo/", DEED, "post"),
    Row("tickets/<int:number>/remove/", DEED, "post"),
    Row("mails/<int:mail>/undo/", (*TO_SIGN_IN, 404, 200, 200), "post"),
    Row("mails/<int:mail>/resend/", DEED, "post"),
    Row("messages/<int:message>/body/", OBJECT),
    Row("messages/<int:message>/admit/", DEED, "post"),
    Row("messages/<int:message>/split-off/", DEED),
    Row("messages/<int:message>/split-off/", DEED, "post"),
    Row("messages/<int:message>/block/", DEED, "post"),
    Row("files/<uuid:public_id>/", OBJECT),
    Row("survey/<str:key>/", EVERYBODY),
    Row("survey/<str:key>/", (422, 422, 422, 422, 422), "post"),
    Row("settings/organisation/", ADMIN_PAGE),
    Row("settings/people/", ADMIN_PAGE),
    Row("settings/people/new/", ADMIN_PAGE),
    Row("settings/people/<int:person>/", ADMIN_OBJECT),
    Row("settings/teams/", ADMIN_PAGE),
    Row("settings/audit/", ADMIN_PAGE),
    Row("settings/roles/", ADMIN_PAGE),
    Row("settings/roles/<int:role>/", ADMIN_OBJECT),
    Row("settings/mail/", ADMIN_PAGE),
    Row("settings/mail/blocked/", ADMIN_PAGE),
    Row("settings/mail/blocked/<int:blocked>/unblock/", ADMIN_DEED, "post"),
    Row("settings/mail/stopped/<int:stopped>/resume/", ADMIN_DEED, "post"),
    Row("settings/mail/<int:incoming>/", ADMIN_OBJECT),
    Row("settings/mail/<int:incoming>/raw/", ADMIN_OBJECT),
    Row("settings/mail/<int:incoming>/again/", ADMIN_DEED, "post"),
    Row("settings/mailboxes/", ADMIN_PAGE),
    Row("settings/mailboxes/automatic/", (*TO_SIGN_IN, 403, 403, 302), "post"),
    Row("settings/mailboxes/new/", ADMIN_PAGE),
    Row("settings/mailboxes/<int:mailbox>/", ADMIN_OBJECT),
    Row("settings/mailboxes/<int:mailbox>/do/", ADMIN_DEED, "post"),
    Row("settings/mailboxes/<int:mailbox>/delete/", ADMIN_OBJECT),
    Row("settings/mailboxes/<int:mailbox>/restore/", ADMIN_DEED, "post"),
    Row("tickets/<int:number>/type/", DEED, "post"),
    Row("tickets/<int:number>/macros/", OBJECT),
    Row("tickets/<int:number>/macros/", OBJECT, "post"),
    Row("tickets/<int:number>/macros/run/", BAD_FORM, "post"),
    Row("tickets/<int:number>/macros/<int:run>/undo/", DEED, "post"),
    Row("settings/macros/", PAGE),
    Row("settings/macros/new/", PAGE),
    Row("settings/macros/new/", (*TO_SIGN_IN, 422, 422, 422), "post"),
    Row("settings/macros/<int:macro>/", TEAM_OBJECT),
    Row("settings/macros/<int:macro>/", (*TO_SIGN_IN, 404, 404, 422), "post"),
    Row("settings/macros/<int:macro>/copy/", TEAM_DEED, "post"),
    Row("settings/macros/<int:macro>/delete/", TEAM_DEED, "post"),
    Row("settings/macros/<int:macro>/restore/", TEAM_DEED, "post"),
    Row("tickets/<int:number>/rules/", OBJECT),
    Row("rules/", ADMIN_PAGE),
    Row("rules/new/", ADMIN_PAGE),
    Row("rules/new/", (*TO_SIGN_IN, 403, 403, 422), "post"),
    Row("rules/history/", ADMIN_PAGE),
    Row("rules/<int:rule>/", ADMIN_OBJECT),
    Row("rules/<int:rule>/", (*TO_SIGN_IN, 403, 403, 422), "post"),
    Row("rules/<int:rule>/move/", ADMIN_DEED, "post"),
    Row("rules/<int:rule>/switch/", ADMIN_DEED, "post"),
    Row("rules/<int:rule>/delete/", ADMIN_DEED, "post"),
    Row("rules/<int:rule>/restore/", ADMIN_DEED, "post"),
    Row("rules/<int:rule>/tickets/", ADMIN_OBJECT),
    Row("settings/hours/", ADMIN_PAGE),
    Row("settings/hours/new/", ADMIN_PAGE),
    Row("settings/hours/<int:calendar>/", ADMIN_OBJECT),
    Row("settings/hours/<int:calendar>/delete/", ADMIN_DEED, "post"),
    Row("settings/hours/<int:calendar>/days/", (*TO_SIGN_IN, 403, 403, 422), "post"),
    Row("settings/hours/<int:calendar>/days/<int:day>/", ADMIN_DEED, "post"),
    Row("settings/hours/<int:calendar>/holidays/", ADMIN_PAGE),
    Row("settings/targets/", ADMIN_PAGE),
    Row("settings/targets/new/", ADMIN_PAGE),
    Row("settings/targets/recalculate/", ADMIN_PAGE),
    Row("settings/targets/simulate/", ADMIN_PAGE),
    Row("settings/targets/<int:target>/", ADMIN_OBJECT),
    Row("settings/targets/<int:target>/delete/", ADMIN_DEED, "post"),
    Row("clients/", PAGE),
    Row("clients/new/", ADMIN_PAGE),
    Row("clients/<uuid:client>/", OBJECT),
    Row("clients/<uuid:client>/tickets/", OBJECT),
    Row("clients/<uuid:client>/people/", OBJECT),
    Row("clients/<uuid:client>/people/", (*TO_SIGN_IN, 403, 403, 422), "post"),
    Row("clients/<uuid:client>/people/<uuid:contact>/mail/", ADMIN_DEED, "post"),
    Row("clients/<uuid:client>/settings/", ADMIN_OBJECT),
    Row("clients/<uuid:client>/keys/", ADMIN_PAGE, "post"),
    Row("clients/<uuid:client>/keys/<int:key>/", ADMIN_DEED, "post"),
    Row("clients/<uuid:client>/agent/", DEED, "post"),
    Row("clients/<uuid:client>/agent/apply/", DEED, "post"),
    Row("agent-runs/<uuid:run>/", OBJECT),
    Row("agent-runs/<uuid:run>/undo/", DEED, "post"),
    Row("devices/", PAGE),
    Row("devices/<uuid:device>/", OBJECT),
    Row("devices/<uuid:device>/agent/", DEED, "post"),
    Row("profiles/<uuid:profile>/", DEED, "post"),
    Row("approvals/", PAGE),
    Row("approvals/<uuid:profile>/", DEED, "post"),
    Row("api/agent/v1/register", (422, 422, 422, 422, 422), "post"),
    Row("api/agent/v1/heartbeat", (401, 200, 401, 401, 401), "post"),
    Row("api/agent/v1/me", (401, 200, 401, 401, 401)),
    Row("api/agent/v1/verification/token", (401, 422, 401, 401, 401), "post"),
    Row("api/agent/v1/verification/confirm", (401, 422, 401, 401, 401), "post"),
    Row("api/agent/v1/tickets", (401, 200, 401, 401, 401)),
    Row("api/v1/tickets/", CALLED),
    Row("api/v1/tickets/<int:number>/", (401, 401, 404, 200, 200)),
    Row("api/v1/tickets/<int:number>/messages/", (401, 401, 404, 422, 422), "post"),
    Row("api/schema/", PAGE),
]
