"""The organisation's face to customers: logo and colour, which mails and pages without a sign-in show."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from helpdesk.core.domain.contrast import is_color
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.domain.upload import HEAD_BYTES, OTHER, image_type
from helpdesk.core.errors import DeskbellError
from helpdesk.core.files import open_blob, serve
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services.organisation import set_logo
from helpdesk.core.web import public, requires, stepped_up, user_of

DAY, YEAR = 86_400, 31_536_000


class LogoForm(forms.Form):
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        help_text=gettext_lazy("PNG, JPEG, GIF or WebP, at most 256 kB. It is shown 40 pixels high."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"}),
        error_messages={"required": gettext_lazy("Choose a picture first.")},
    )


@requires(Permission.SETTINGS_EDIT)
@stepped_up
@require_POST
def change_logo(request: HttpRequest) -> HttpResponse:
    form = LogoForm(request.POST, request.FILES)
    is_removed = request.POST.get("do") == "remove"
    try:
        if is_removed or form.is_valid():
            upload = None if is_removed else form.cleaned_data["logo"]
            set_logo(upload=upload, by=user_of(request), now=timezone.now())
            messages.success(request, _("Saved."))
        else:
            messages.error(request, form.errors["logo"].as_text().removeprefix("* "))
    except DeskbellError as error:
        messages.error(request, " ".join((error.fields or {"": str(error)}).values()))
    return redirect("web:organisation")


@public
def logo(request: HttpRequest, logo: str) -> HttpResponseBase:
    """Only the logo of today; no other file can be asked for by its number."""
    row = current_organisation()
    if row.logo is None or row.logo_id != logo:
        raise Http404
    with open_blob(row.logo) as stream:
        media_type = image_type(stream.read(HEAD_BYTES)) or OTHER
    answer = serve(row.logo, "logo", media_type)
    answer["Cache-Control"] = f"public, max-age={DAY}"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"  # readers of mail show it, too
    return answer


@public
def colors(request: HttpRequest, color: str) -> HttpResponse:
    """The colour as a style sheet, since the policy of our pages allows no styles inside of them."""
    if not is_color(f"#{color}"):
        raise Http404
    light, dark = f"#{color}", f"color-mix(in oklab, #{color}, white 55%)"
    names = ("--accent", "--accent-hover", "--accent-text")
    rules = "".join(f"{name}:light-dark({light},{dark});" for name in names)
    answer = HttpResponse(f":root{{{rules}}}\n", content_type="text/css")
    answer["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return answer
