"""Small mails for the tests of the parser."""

from tickets.domain.mail import ParsedMail, parse

PDF = "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nUERG"


def single(headers: str, body: bytes) -> ParsedMail:
    return parse(headers.encode() + b"\n\n" + body)


def multi(kind: str, *parts: str | bytes) -> ParsedMail:
    raw = f'Content-Type: multipart/{kind}; boundary="b"\n\nFor old programs.\n'.encode()
    for part in parts:
        raw += b"--b\n" + (part if isinstance(part, bytes) else part.encode()) + b"\n"
    return parse(raw + b"--b--\nEpilogue\n")


def text(words: str, more: str = "") -> str:
    return f"Content-Type: text/plain; charset=utf-8{more}\n\n{words}"


def html(words: str, more: str = "") -> str:
    return f"Content-Type: text/html; charset=utf-8{more}\n\n{words}"


def names(mail: ParsedMail) -> list[str]:
    return [file.name for file in mail.files]
