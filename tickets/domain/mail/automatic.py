"""Machines that write mail: automatic replies, lists, and why no machine must answer (RFC 3834)."""

import re
from dataclasses import dataclass

from tickets.domain.mail.headers import decode
from tickets.domain.mail.mime import Part
from tickets.domain.mail.parsed import Address
from tickets.domain.mail.phrases import any_of

_REPLY_HEADERS = frozenset(
    b"""
    x-autoreply x-auto-reply x-autoreply-from x-autoreply-to x-mail-autoreply x-ms-autoreply
    x-autorespond x-autoresponder x-auto-respond x-auto-responded x-autoresponse auto-reply autoresponder
    x-vacation x-zarafa-autoreply x-notes-autoreply x-yahoo-autoreply
    """.split()
)
_LIST_HEADERS = frozenset(
    (b"mailing-list", b"x-mailing-list", b"x-mailman-version", b"x-listserver", b"x-ml-name", b"x-mlserver")
)
_ROLE = any_of(
    r"""
    mailer[-_.]?daemon
    post-?master
    (?:no|do[-_.]?not)[-_.]?reply.*
    no[-_.]?(?:responder|responda|answer)
    ne[-_.]?pas[-_.]?repondre
    nicht[-_.]?antworten
    keine[-_.]?antwort
    non[-_.]?rispondere
    bounces?(?:[-+_=].*)?
    list(?:serv|proc)
    majordomo
    auto(?:mailer|responder|reply)
    owner-.+
    .+-(?:request|owner|bounces)
    """,
    before="^",
    after="$",
)
SUBJECT = any_of(
    r"""
    auto(?:matic(?:ally generated)?|mated)?[ -]?(?:\w+ )?(?:re(?:ply|sponse|sponder|spond)|answer|acknowledge)
    auto\s*:
    out[ -]of[ -](?:the[ -])?office
    ooo\b
    on (?:vacation|holiday|leave)
    vacation\b
    away (?:from|on|until)
    i(?: a|.)m (?:away|out of|on (?:vacation|holiday|leave))

    abwesen
    automatische? (?:antwort|abwesenheits|beantwort|rückmeldung|mail|eingangs)
    ich bin (?:nicht im|im urlaub|derzeit|bis|ab)\b
    eingangsbestätigung
    nicht im (?:büro|haus)
    urlaub\b
    außer haus
    (?:réponse|message) automatique
    absen(?:ce|t)\b
    en congés?\b
    hors du bureau
    accusé (?:de )?réception
    risposta automatica
    assen(?:te|za)\b
    fuori (?:ufficio|sede)
    (?:respuesta|resposta|mensaje) autom
    fuera de (?:la )?oficina
    ausen(?:te|cia)\b
    fora do escritório
    automatisch antwoord
    afwezig
    automatiskt? svar
    autosvar
    frånvaro
    fravær
    automaattinen vastaus
    poissa\b
    odpowiedź automatyczna
    autoodpowied
    automatická odpov
    automatikus válasz
    răspuns automat
    otomatik yanıt
    авто(?:матич|ответ)
    (?:自動|自动)(?:応答|返信|回覆|答覆|答复|回复)
    不在
    자동
    """,
    before=r"^\W*(?:(?:re|aw|sv|fwd?|antw|r|odp)\s*:\s*){0,4}\W*",
)
ABSENCE = any_of(
    r"""
    out of (?:the |my )?office
    on (?:vacation|holiday|annual leave|maternity leave|parental leave)
    (?:currently|presently) (?:away|out)
    limited access to
    (?:automatic|automated|auto)[ -]?(?:reply|response|generated|message|e-?mail)
    automatically generated
    will (?:reply|respond|answer|return|be back|get back)
    thank you for your (?:mail|e-?mail|message)
    no longer (?:work|with|employed)

    nicht im (?:büro|haus)
    im urlaub
    abwesen
    außer haus
    wieder (?:im|erreichbar|da)
    automatisch (?:erstellt|generiert|erzeugt)
    en congé
    absent
    de retour
    assente
    fuori ufficio
    ferie
    fuera de la oficina
    vacaciones
    ausente
    afwezig
    vakantie
    semester
    urlop
    отпуск
    отсутств
    休暇
    不在
    休假
    휴가
    """
)
_PREFIX = re.compile(r"\s*(?:re|aw|sv|fwd?|wg|tr|antw|r|odp)\s*:", re.IGNORECASE)
_MAILER = re.compile(r"vacation|auto-?(?:re|answ)", re.IGNORECASE)
_SUPPRESSED = re.compile(r"\b(?:all|oof|autoreply)\b")
_SECOND_HAND = ("reply", "forward", "group", "mirror", "redirect")


@dataclass(frozen=True, slots=True)
class Automatic:
    """`is_guess`: no header says so, only subject and words, which a person may have written too."""

    is_auto_reply: bool
    is_list: bool
    why_no_answer: str
    is_guess: bool = False


def look_at(root: Part, author: Address, return_path: str | None, subject: str, text: str) -> Automatic:
    signs = _Signs(root, author, return_path, subject)
    is_shown = signs.reply or (signs.any and bool(SUBJECT.match(subject)))
    is_guess = not is_shown and bool(SUBJECT.match(subject) and ABSENCE.search(text[:4000]))
    is_auto_reply = is_shown or is_guess
    reason = signs.reason or ("it is an automatic reply" if is_auto_reply else "")
    return Automatic(is_auto_reply, signs.list, reason, is_guess)


def is_role_address(address: str) -> bool:
    """No person reads there: mailer-daemon@, no-reply@, list-owner@ and the like."""
    return bool(_ROLE.match(address.strip().lower().partition("@")[0]))


class _Signs:
    """`reply` is proof; `any` is a second sign for a subject like "Out of office"."""

    def __init__(self, root: Part, author: Address, return_path: str | None, subject: str) -> None:
        self._root, self._author, self._return_path = root, author, return_path
        self.names = {name for name, _ in root.headers}
        self.submitted = self._word(b"auto-submitted")
        self.precedence = (self._word(b"precedence") or self._word(b"x-precedence")).replace("-", "_")
        self.suppress = self._value(b"x-auto-response-suppress").lower()
        self.is_role = bool(_ROLE.match(author.email.partition("@")[0]))
        self.list = self.precedence == "list" or self._names_list()
        self.reply = self._is_reply()
        is_answer = not _PREFIX.match(subject) and not self.names.isdisjoint((b"in-reply-to", b"references"))
        is_bulk = self.precedence in ("bulk", "junk")
        self.any = is_answer or is_bulk or return_path == "" or bool(self.suppress) or self.is_role
        self.reason = self._reason()

    def _value(self, name: bytes) -> str:
        return decode(self._root.get(name)) if name in self.names else ""

    def _word(self, name: bytes) -> str:
        """The first word of a header, without comment and parameters: `auto-replied (vacation)`."""
        words = self._value(name).lower().partition(";")[0].partition("(")[0].split()
        return words[0] if words else ""

    def _names_list(self) -> bool:
        return not _LIST_HEADERS.isdisjoint(self.names) or any(
            name.startswith(b"list-") for name in self.names
        )

    def _is_reply(self) -> bool:
        if self.submitted not in ("", "no") or self.precedence in ("auto_reply", "autoreply"):
            return True
        if any(self._value(name).lower() not in ("no", "false", "0") for name in _REPLY_HEADERS & self.names):
            return True
        return (
            self._word(b"preference") == "auto_reply"
            or self._word(b"x-autogenerated") in _SECOND_HAND
            or "autoresponder" in self._value(b"x-post-messageclass").lower()
            or self._word(b"delivered-to").startswith("autoresponder")
            or bool(_MAILER.search(self._value(b"x-mailer")))
        )

    def _reason(self) -> str:
        """Why RFC 3834 forbids a machine to answer; "" if it may."""
        local, _, domain = self._author.email.partition("@")
        reasons = (
            ("the mail names no sender", not domain),
            ("the return path is empty", self._return_path == ""),
            (f"Auto-Submitted: {self.submitted}", self.submitted not in ("", "no")),
            (
                f"Precedence: {self.precedence}",
                self.precedence in ("bulk", "list", "junk", "auto_reply", "autoreply"),
            ),
            ("a mailing list sent it", self.list),
            (f"X-Auto-Response-Suppress: {self.suppress}", bool(_SUPPRESSED.search(self.suppress))),
            ("it carries X-Loop", b"x-loop" in self.names),
            (f"{local}@ is no person", self.is_role),
            ("it is an automatic reply", self.reply),
        )
        return next((words for words, applies in reasons if applies), "")
