"""API tokens: one's own in the profile, everybody's for who edits people.

A new token is kept nowhere here (A27): sealed, it goes to the browser that made it and comes back once.
"""

from collections.abc import Iterable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.forms import GroupedBoxes
from helpdesk.core.models import ApiToken, User
from helpdesk.core.selectors.tokens import own_tokens, tokens_visible_to
from helpdesk.core.services.secrets import SealBroken, seal_for_now, unseal_fresh
from helpdesk.core.services.tokens import create_token, revoke_token
from helpdesk.core.web import requires, signed_in, stepped_up, user_of
from helpdesk.web.forms import show_errors
from helpdesk.web.roles import LABELS, grouped

#: The sealed token on its way to the one page that shows it.
HANDED, HANDED_SECONDS = "new-token", 60
LIFETIMES = [
    ("90", gettext_lazy("90 days")),
    ("30", gettext_lazy("30 days")),
    ("365", gettext_lazy("One year")),
    ("never", gettext_lazy("Until it is revoked")),
]


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Inventory script on SRV-2")}),
    )
    days = forms.ChoiceField(label=gettext_lazy("Works for"), choices=LIFETIMES)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        widget=GroupedBoxes,
        error_messages={"required": gettext_lazy("Choose at least one thing that it may do.")},
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        known = [name for name in LABELS if user.may(name)]
        self.fields["scopes"].choices = grouped(known)  # type: ignore[attr-defined]


@signed_in
@stepped_up
def own(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    form = TokenForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            _token, plain = create_token(user=user, **form.cleaned_data, now=timezone.now())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            return _hand_over(request, plain)
    plain = _handed_over(request)
    context = {"nav": "profile", "tab": "tokens", "form": form, "plain": plain, "now": timezone.now()}
    context["tokens"] = _rows(own_tokens(user))
    answer = render(request, "web/tokens.html", context, status=422 if form.errors else 200)
    if plain:
        answer["Cache-Control"] = "no-store, private"
        answer.delete_cookie(HANDED, path=request.path, samesite="Strict")
    return answer


def _hand_over(request: HttpRequest, plain: str) -> HttpResponse:
    """To the page that shows it once; reading that page again makes no second token."""
    answer = redirect("web:tokens")
    answer.set_cookie(
        HANDED,
        seal_for_now(plain, purpose=f"new token of {user_of(request).pk}", now=timezone.now()),
        max_age=HANDED_SECONDS,
        path=request.path,
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return answer


def _handed_over(request: HttpRequest) -> str:
    """Nothing a minute later, though a browser, or whoever copied the cookie, keeps it for longer (A27)."""
    sealed, purpose = request.COOKIES.get(HANDED, ""), f"new token of {user_of(request).pk}"
    if not sealed:
        return ""
    try:
        return unseal_fresh(sealed, purpose=purpose, seconds=HANDED_SECONDS, now=timezone.now())
    except SealBroken:
        return ""


@requires(Permission.USERS_EDIT)
def everybody(request: HttpRequest) -> HttpResponse:
    rows = _rows(tokens_visible_to(user_of(request)))
    context = {"nav": "settings", "tab": "all-tokens", "tokens": rows, "now": timezone.now(), "all": True}
    return render(request, "web/all_tokens.html", context)


@signed_in
@require_POST
def revoke(request: HttpRequest, token: int) -> HttpResponse:
    user = user_of(request)
    found = get_object_or_404(tokens_visible_to(user), pk=token)
    try:
        revoke_token(token=found, by=user, now=timezone.now())
    except DeskbellError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The token “%(name)s” was revoked.") % {"name": found.name})
    return redirect("web:all-tokens" if "all" in request.POST else "web:tokens")


def _rows(tokens: Iterable[ApiToken]) -> list[dict[str, object]]:
    return [
        {"token": token, "may": [label for name, label in LABELS.items() if name in token.scopes]}
        for token in tokens
    ]
