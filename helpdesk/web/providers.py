"""Settings: who may vouch for people at the sign-in. For administrators alone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError, Invalid
from helpdesk.core.links import absolute_url
from helpdesk.core.models import IdentityProvider, Role, User
from helpdesk.core.selectors.providers import deleted_providers, providers_visible_to
from helpdesk.core.services.accounts.oidc import forget_published, published_by
from helpdesk.core.services.accounts.providers import delete_provider, save_provider, switch_provider
from helpdesk.core.web import requires, stepped_up, user_of
from helpdesk.web.forms import show_errors


class ProviderForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("Stands on the button of the sign-in page."),
    )
    issuer = forms.CharField(
        label=gettext_lazy("Issuer"),
        max_length=300,
        help_text=gettext_lazy("The provider's address, exactly as it calls itself."),
        widget=forms.URLInput(attrs={"placeholder": "https://login.example.com/realms/desk"}),
    )
    client_id = forms.CharField(label=gettext_lazy("Client id"), max_length=200)
    secret = forms.CharField(
        label=gettext_lazy("Secret"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept sealed and never shown again. Left empty, it stays as it is."),
    )
    domains = forms.CharField(
        label=gettext_lazy("Only these mail domains"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "example.com"}),
        help_text=gettext_lazy("One a line. Everybody else is sent away, whatever the provider says."),
    )
    links_by_email = forms.BooleanField(
        label=gettext_lazy("Link people by their e-mail address"),
        required=False,
        help_text=gettext_lazy(
            "Who has an account here with the same verified address comes in. Else they link it in their"
            " profile."
        ),
    )
    trusts_mail = forms.BooleanField(
        label=gettext_lazy("Believe its addresses where it does not say whether they are verified"),
        required=False,
        help_text=gettext_lazy(
            "Microsoft does not say it. Only for a directory of your own: whoever can write an address there"
            " comes in here as its owner. Needs mail domains above."
        ),
    )
    new_role = forms.ModelChoiceField(
        label=gettext_lazy("Unknown people"),
        queryset=Role.objects.filter(is_locked=False),
        empty_label=gettext_lazy("are sent away"),
        required=False,
        help_text=gettext_lazy("Or they get an account with this role."),
    )
    trusts_factor = forms.BooleanField(
        label=gettext_lazy("The second factor is the provider's business"),
        required=False,
        help_text=gettext_lazy("Nobody is asked for one here. Only where the provider asks everybody."),
    )

    def clean_domains(self) -> list[str]:
        return str(self.cleaned_data["domains"]).replace(",", "\n").split()


def _administrator(request: HttpRequest) -> User:
    if not user_of(request).is_administrator:
        raise PermissionDenied
    return user_of(request)


@requires(Permission.USERS_EDIT)
@stepped_up
def index(request: HttpRequest) -> HttpResponse:
    by = _administrator(request)
    form = ProviderForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (saved := _save(request, IdentityProvider(), form)):
        return redirect("web:provider", saved.pk)
    context = {
        "nav": "settings",
        "tab": "providers",
        "form": form,
        "providers": providers_visible_to(by),
        "deleted": deleted_providers(by, now=timezone.now()),
    }
    return render(request, "web/providers.html", context, status=422 if form.errors else 200)


@requires(Permission.USERS_EDIT)
@stepped_up
def one(request: HttpRequest, provider: int) -> HttpResponse:
    found = get_object_or_404(providers_visible_to(_administrator(request)), pk=provider)
    title = found.name
    form = ProviderForm(request.POST or None, initial=_facts(found))
    if request.method == "POST" and form.is_valid() and _save(request, found, form):
        return redirect("web:provider", found.pk)
    context: dict[str, Any] = {"nav": "settings", "tab": "providers", "provider": found, "form": form}
    context["back_url"] = absolute_url(reverse("account:sso-back", args=[found.public_id]))
    context |= {"title": title, "has_secret": bool(found.secret_sealed)}
    return render(request, "web/provider.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, provider: IdentityProvider, form: ProviderForm) -> IdentityProvider | None:
    try:
        saved = save_provider(provider=provider, **form.cleaned_data, by=user_of(request), now=timezone.now())
    except DeskbellError as error:
        show_errors(form, error)
        return None
    messages.success(request, _("Saved."))
    _try(request, saved)
    return saved


def _try(request: HttpRequest, provider: IdentityProvider) -> None:
    """Does it answer, and is it who it should be?"""
    forget_published(provider)
    try:
        published_by(provider)
    except DeskbellError as error:
        messages.error(request, str(error))
    else:
        words = _("%(name)s answers, and is who it should be.")
        messages.success(request, words % {"name": provider.name})


@requires(Permission.USERS_EDIT)
@require_POST
@stepped_up
def act(request: HttpRequest, provider: int) -> HttpResponse:
    by, now = _administrator(request), timezone.now()
    found = get_object_or_404(providers_visible_to(by), pk=provider)
    match request.POST.get("do"):
        case "try":
            _try(request, found)
        case "on" | "off" as wanted:
            switch_provider(provider=found, is_active=wanted == "on", by=by, now=now)
            messages.success(request, _("Switched on.") if wanted == "on" else _("Switched off."))
        case "delete":
            delete_provider(provider=found, by=by, now=now)
            return redirect("web:providers")
        case _:
            raise Invalid(_("Nothing was changed. Reload the page and try again."))
    return redirect("web:provider", found.pk)


@requires(Permission.USERS_EDIT)
@require_POST
@stepped_up
def restore(request: HttpRequest, provider: int) -> HttpResponse:
    by, now = _administrator(request), timezone.now()
    found = get_object_or_404(deleted_providers(by, now=now), pk=provider)
    delete_provider(provider=found, by=by, now=now, is_deleted=False)
    return redirect("web:provider", found.pk)


def _facts(provider: IdentityProvider) -> dict[str, Any]:
    plain = ("name", "issuer", "client_id", "links_by_email", "trusts_mail", "new_role", "trusts_factor")
    return {name: getattr(provider, name) for name in plain} | {"domains": "\n".join(provider.domains)}
