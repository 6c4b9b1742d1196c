"""In and out of the console."""

from urllib.parse import urlencode

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from helpdesk.core.errors import DeskbellError
from helpdesk.core.selectors.providers import open_providers
from helpdesk.core.services.accounts.second_factor import has_second_factor
from helpdesk.core.services.sign_in import check_credentials
from helpdesk.core.web import client_address, public
from helpdesk.web.accounts.enter import enter, wait_for_factor
from helpdesk.web.accounts.site import is_by_number
from helpdesk.web.forms import SignInForm, show_errors


def own_page(request: HttpRequest) -> str:
    """Where to go next: only a path of this very site, never somebody else's (open redirect)."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_plain = target.startswith("/") and target.isprintable()
    return target if is_plain and url_has_allowed_host_and_scheme(target, allowed_hosts=None) else "/"


@public
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(own_page(request))
    form = SignInForm(request.POST or None, initial={"stay": True})
    code = 200
    if request.method == "POST" and form.is_valid():
        try:
            now, stay = timezone.now(), form.cleaned_data["stay"]
            user = check_credentials(
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
                address=client_address(request),
                now=now,
            )
        except DeskbellError as error:
            show_errors(form, error)
            code = error.http_status
        else:
            if has_second_factor(user):
                wait_for_factor(request, user, stay=stay, now=now)
                return redirect(f"{reverse('account:second')}?{urlencode({'next': own_page(request)})}")
            enter(request, user, stay=stay, now=now)
            return redirect(own_page(request))
    if form.errors and code == 200:
        code = 422
    context = {"form": form, "next": own_page(request), "by_number": is_by_number(request)}
    context["providers"] = open_providers()
    return render(request, "web/sign_in.html", context, status=code)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    came_by = request.session.get("sso_provider")
    logout(request)
    if came_by and open_providers().filter(public_id=came_by).exists():
        return redirect("account:sso-out", came_by)
    return redirect("web:sign-in")
