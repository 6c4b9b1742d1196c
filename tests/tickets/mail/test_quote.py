"""What is folded of a mail and what stays, in many languages; every sample is our own."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.domain.mail import ParsedMail
from tickets.domain.mail.letter import compose
from tickets.domain.mail.quote import fold_quote, is_forward

ANSWER = "The printer works again, thank you!\nOne question: may I turn it off at night?"
BODY = "We have sent a new cartridge.\nKind regards"
QUOTED = "\n".join(f"> {line}" for line in BODY.splitlines())

INTRODUCTIONS = {
    "english": "On Tue, Mar 3, 2026 at 4:05 PM Bob Miller <bob@desk.example> wrote:",
    "english, broken over two lines": "On Tue, Mar 3, 2026 at 4:05 PM Bob Miller <\nbob@desk.example> wrote:",
    "english, broken over three lines": "On Tue, Mar 3, 2026 at 4:05 PM,\n"
    "Bob Miller from the desk\n<bob@desk.example> wrote:",
    "english, without a colon": "On Tue, 3 Mar 2026 16:05:12 +0100 Bob Miller <bob@desk.example> wrote",
    "english, name first": "Bob Miller <bob@desk.example> wrote:",
    "english, short": "On Mar 3, 2026, at 4:05 PM, Bob wrote:",
    "german": "Am 03.03.2026 um 16:05 schrieb Bob Müller <bob@desk.example>:",
    "german, gmail": "Am Di., 3. März 2026 um 16:05 Uhr schrieb Bob Müller <bob@desk.example>:",
    "german, name first": "Bob Müller <bob@desk.example> schrieb am Di., 3. März 2026, 16:05:",
    "french": "Le mar. 3 mars 2026 à 16:05, Bob Meunier <bob@desk.example> a écrit :",
    "french, broken": "Le mar. 3 mars 2026 à 16:05, Bob Meunier <bob@desk.example>\na écrit :",
    "italian": "Il giorno mar 3 mar 2026 alle ore 16:05 Bob Mulinari <bob@desk.example> ha scritto:",
    "spanish": "El mar, 3 mar 2026 a las 16:05, Bob Molina (<bob@desk.example>) escribió:",
    "portuguese": "Em ter., 3 de mar. de 2026 às 16:05, Bob Moleiro <bob@desk.example> escreveu:",
    "catalan": "El dt., 3 de març 2026, 16:05, Bob Moliner <bob@desk.example> va escriure:",
    "dutch": "Op di 3 mrt 2026 om 16:05 schreef Bob Molenaar <bob@desk.example>:",
    "dutch, apple": "Op 3 mrt. 2026, om 16:05 heeft Bob Molenaar <bob@desk.example> het volgende geschreven:",
    "polish": "wt., 3 mar 2026 o 16:05 Bob Młynarz <bob@desk.example> napisał(a):",
    "swedish": "Den tis 3 mars 2026 kl 16:05 skrev Bob Mjölnare <bob@desk.example>:",
    "danish": "Den tirs. 3. mar. 2026 kl. 16.05 skrev Bob Møller <bob@desk.example>:",
    "norwegian": "tir. 3. mars 2026 kl. 16:05 skrev Bob Møller <bob@desk.example>:",
    "finnish": "ti 3. maalisk. 2026 klo 16.05 Bob Mylläri (bob@desk.example) kirjoitti:",
    "czech": "út 3. 3. 2026 v 16:05 odesílatel Bob Mlynář <bob@desk.example> napsal:",
    "slovak": "ut 3. 3. 2026 o 16:05 Bob Mlynár <bob@desk.example> napísal(a):",
    "hungarian": "Bob Molnár <bob@desk.example> ezt írta (időpont: 2026. márc. 3., K, 16:05):",
    "romanian": "mar., 3 mar. 2026 la 16:05, Bob Morar <bob@desk.example> a scris:",
    "greek": "Στις Τρί 3 Μαρ 2026 στις 4:05 μ.μ., ο χρήστης Bob Mylos <bob@desk.example> έγραψε:",
    "turkish": "Bob Değirmenci <bob@desk.example>, 3 Mar 2026 Sal, 16:05 tarihinde şunu yazdı:",
    "russian": "вт, 3 мар. 2026 г. в 16:05, Bob Melnik <bob@desk.example>:",
    "russian, verb": "3 марта 2026 г., в 16:05, Bob Melnik <bob@desk.example> написал(а):",
    "ukrainian": "вт, 3 бер. 2026 р. о 16:05 Bob Melnyk <bob@desk.example> пише:",
    "japanese": "2026年3月3日(火) 16:05 Bob Miller <bob@desk.example>:",
    "chinese": "Bob Miller <bob@desk.example> 于2026年3月3日周二 16:05写道：",
    "chinese, apple": "在 2026年3月3日，下午4:05，Bob Miller <bob@desk.example> 写道：",
    "korean": "2026년 3월 3일 (화) 오후 4:05, Bob Miller <bob@desk.example>님이 작성:",
    "vietnamese": "Vào Th 3, 3 thg 3, 2026 vào lúc 16:05 Bob <bob@desk.example> đã viết:",
    "a citation": "Zitat von Bob Miller <bob@desk.example>:",
    "hebrew, with marks of direction": "‏‫בתאריך 3 במרץ 2026 ב-16:05 מאת ‪Bob‬‏ <bob@desk.example‬‏>:‬",
    "plain date": "2026-03-03 16:05 GMT+01:00 Bob Miller <bob@desk.example>:",
}


@pytest.mark.parametrize("introduction", INTRODUCTIONS.values(), ids=list(INTRODUCTIONS))
@pytest.mark.parametrize(
    "quote", [f"\n\n{QUOTED}", f"\n{QUOTED}", f"\n\n{BODY}"], ids=["apart", "close", "bare"]
)
def test_an_introduced_quote_is_folded(introduction: str, quote: str) -> None:
    visible, folded = fold_quote(f"{ANSWER}\n\n{introduction}{quote}\n")
    assert visible == ANSWER
    assert folded.startswith(introduction.splitlines()[0])


HEADERS = {
    "english": "From: Bob <bob@desk.example>\nSent: Tuesday, March 3, 2026 4:05 PM\n"
    "To: Anna\nSubject: Printer",
    "english, bold": "*From:* Bob <bob@desk.example>\n"
    "*Sent:* Tuesday, March 3\n*To:* Anna\n*Subject:* Printer",
    "english, sender broken": "From: Bob Miller\n<bob@desk.example>\n"
    "Sent: Tuesday\nTo: Anna\nSubject: Printer",
    "english, date first": "Date: Tue, 3 Mar 2026 16:05:00 +0100\n"
    "From: bob@desk.example\nTo: anna@acme.example",
    "english, double spaced": "From: bob@desk.example\n\nSent: Tuesday\n\nTo: Anna\n\nSubject: Printer",
    "german": "Von: Bob <bob@desk.example>\nGesendet: Dienstag, 3. März 2026 16:05\n"
    "An: Anna\nBetreff: Drucker",
    "french": "De : Bob <bob@desk.example>\nEnvoyé : mardi 3 mars 2026 16:05\nÀ : Anna\nObjet : Imprimante",
    "italian": "Da: Bob <bob@desk.example>\nInviato: martedì 3 marzo 2026 16:05\nA: Anna\nOggetto: Stampante",
    "spanish": "De: Bob <bob@desk.example>\nEnviado el: martes, 3 de marzo\nPara: Anna\nAsunto: Impresora",
    "portuguese": "De: Bob <bob@desk.example>\nEnviada em: terça-feira\nPara: Anna\nAssunto: Impressora",
    "dutch": "Van: Bob <bob@desk.example>\nVerzonden: dinsdag 3 maart 2026 16:05\n"
    "Aan: Anna\nOnderwerp: Printer",
    "polish": "Od: Bob <bob@desk.example>\nWysłane: wtorek, 3 marca 2026 16:05\nDo: Anna\nTemat: Drukarka",
    "swedish": "Från: Bob <bob@desk.example>\nSkickat: den 3 mars 2026 16:05\nTill: Anna\nÄmne: Skrivare",
    "danish": "Fra: Bob <bob@desk.example>\nSendt: 3. marts 2026 16:05\nTil: Anna\nEmne: Printer",
    "finnish": "Lähettäjä: Bob <bob@desk.example>\nLähetetty: tiistai 3. maaliskuuta\n"
    "Vastaanottaja: A\nAihe: Tulostin",
    "czech": "Od: Bob <bob@desk.example>\nOdesláno: úterý 3. března 2026 16:05\n"
    "Komu: Anna\nPředmět: Tiskárna",
    "hungarian": "Feladó: Bob <bob@desk.example>\nElküldve: kedd\nCímzett: Anna\nTárgy: Nyomtató",
    "russian": "От: Bob <bob@desk.example>\nОтправлено: 3 марта 2026 г. 16:05\nКому: Anna\nТема: Принтер",
    "turkish": "Kimden: Bob <bob@desk.example>\nGönderildi: 3 Mart Salı 2026 16:05\nKime: Anna\nKonu: Yazıcı",
    "chinese": "发件人: Bob <bob@desk.example>\n发送时间: 2026年3月3日 16:05\n收件人: Anna\n主题: 打印机",
    "japanese": "差出人: Bob <bob@desk.example>\n送信日時: 2026年3月3日 16:05\n宛先: Anna\n件名: プリンター",
    "korean": "보낸 사람: Bob <bob@desk.example>\n보낸 날짜: 2026년 3월 3일\n받는 사람: Anna\n제목: 프린터",
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=list(HEADERS))
@pytest.mark.parametrize(
    "rule", ["", "_" * 32 + "\n", "-----Original Message-----\n"], ids=["bare", "rule", "words"]
)
def test_a_quote_under_header_lines_is_folded(headers: str, rule: str) -> None:
    assert fold_quote(f"{ANSWER}\n\n{rule}{headers}\n\n{BODY}") == (ANSWER, f"{rule}{headers}\n\n{BODY}")


@pytest.mark.parametrize(
    "line",
    [
        "-----Original Message-----",
        "-------- Ursprüngliche Nachricht --------",
        "-----Message d'origine-----",
        "-----Messaggio originale-----",
        "-----Mensaje original-----",
        "-----Mensagem original-----",
        "-----Oorspronkelijk bericht-----",
        "-----Ursprungligt meddelande-----",
        "----- Původní zpráva -----",
        "-------- Исходное сообщение --------",
        "------------------ 原始邮件 ------------------",
        "##- Please type your reply above this line -##",
        "---- Bob Miller wrote ----",
        ">>> Bob Miller <bob@desk.example> 03.03.26 16.05 >>>",
        "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐",
        "--- Bitte antworten Sie oberhalb dieser Zeile ---",
        "---- Veuillez répondre au-dessus de cette ligne ----",
    ],
)
def test_a_line_that_announces_a_quote_folds_all_below(line: str) -> None:
    assert fold_quote(f"{ANSWER}\n{line}\n{BODY}") == (ANSWER, f"{line}\n{BODY}")


@pytest.mark.parametrize(
    "footer",
    [
        "Sent from my iPhone",
        "Sent from Yahoo Mail on Android",
        "Get Outlook for iOS<https://aka.example/x>",
        "Von meinem iPhone gesendet",
        "Gesendet mit der Mail App",
        "Envoyé de mon iPhone",
        "Inviato da iPhone",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Wysłane z iPhone'a",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Odesláno z iPhonu",
        "Отправлено с iPhone",
        "发自我的 iPhone",
        "iPhoneから送信",
        "나의 iPhone에서 보냄",
        "iPhone'umdan gönderildi",
    ],
)
def test_footers_of_phones_are_folded(footer: str) -> None:
    assert fold_quote(f"{ANSWER}\n\n{footer}\n") == (ANSWER, footer)


@pytest.mark.parametrize(
    "signature", ["-- \nAnna Acme\nTel. 0123", "--\nAnna", "—\nAnna", "-Anna Acme", "_" * 40 + "\nlist"]
)
def test_signatures_are_folded(signature: str) -> None:
    assert fold_quote(f"{ANSWER}\n\n{signature}") == (ANSWER, signature)


def test_a_signature_before_a_quote_is_folded_with_it() -> None:
    rest = f"-- \nAnna\nSent with Sparrow\n\nOn 3 March 2026 at 16:05, Bob wrote:\n{QUOTED}"
    assert fold_quote(f"{ANSWER}\n{rest}") == (ANSWER, rest)


def test_a_signature_under_an_answer_below_the_quote_is_folded_too() -> None:
    introduction = "On 3 March 2026 at 16:05, Bob wrote:"
    visible, folded = fold_quote(f"{introduction}\n{QUOTED}\n\n{ANSWER}\n\n-- \nAnna")
    assert visible == ANSWER
    assert folded == f"{introduction}\n{QUOTED}\n-- \nAnna"


SHOWN = {
    "answers between the quoted lines": "> Which printer?\nThe blue one.\n> Which floor?\nThe second.",
    "answers under an introduction": "See below.\n\nOn 3 Mar 2026, Bob wrote:\n"
    "> Which?\nBlue.\n> Where?\nTwo.",
    "a forwarded mail": "Please look.\n\n"
    "---------- Forwarded message ---------\nFrom: Eve <eve@x.example>\nDate: Tue\n"
    "Subject: Offer\nTo: Anna\n\nBuy!",
    "a forwarded mail in german": "Bitte prüfen\n\n"
    "-------- Weitergeleitete Nachricht --------\nVon: Eve\nDatum: heute\n"
    "Betreff: Angebot\n\nKaufen!",
    "nothing but a quote": QUOTED,
    "nothing but a mail with headers": HEADERS["english"] + "\n\nHello",
    "a sentence that begins with On": "On your remote host 2 servers run:\n\ntelnet 127.0.0.1\n\nIt fails.",
    "a travel request": "I need a ticket:\nFrom: Bern\nTo: Geneva\nDate: next Tuesday",
    "one quoted line": "I clicked\n> File\nand nothing happened",
    "a quotation in the middle": "The manual says\n> first this\n> then that\nbut it does not.",
    "arrows": "Visit us\n>>> https://acme.example <<<\nfor more",
    "a desk": "I am well.\n\nSent from my desk, which is much easier than my mobile phone.",
    "a list with dashes": "Broken:\n- Printer\n- Scanner",
    "a long text under two dashes": "Part one\n--\n" + "\n".join(f"line {n}" for n in range(20)),
    "what the writer said before": "On 3 March 2026 I wrote to you:\n\nThe printer is broken. No answer yet.",
    "the same in german": "Am 03.03.2026 um 16:05 schrieb ich Ihnen:\n\nDer Drucker ist defekt.",
    "what somebody else said": "as the client writes on 3 March 2026:\n\nThe printer is broken.",
    "a parcel": "It is on its way.\n\nSent with DHL\nNumber 123",
    "since a date, in japanese": "状況です。\n\n2026年3月3日より下記の通り：\n\n印刷できません。",
    "a path": "C:\\Users\\anna\\x\tTab",
    "nothing": "",
}


@pytest.mark.parametrize("text", SHOWN.values(), ids=list(SHOWN))
def test_on_doubt_everything_is_shown(text: str) -> None:
    assert fold_quote(text) == (text, "")


def test_a_quote_that_lost_its_marks_at_broken_lines_is_still_one() -> None:
    broken = (
        "> This is a rather long line of the quoted mail that some program has bro\nken in two\n> and more"
    )
    assert fold_quote(f"{ANSWER}\n\nOn 3 Mar 2026, Bob wrote:\n\n{broken}")[0] == ANSWER


def test_a_broken_address_in_a_quote_is_part_of_it() -> None:
    broken = "> [Ticket 50]\n>\n> See https://desk.example/tickets\n/50?from=mail\n>"
    assert fold_quote(f"{ANSWER}\n\nOn 3 Mar 2026, Bob wrote:\n\n{broken}")[0] == ANSWER


def test_header_lines_too_far_apart_are_no_block() -> None:
    text = f"{ANSWER}\n\nFrom: Bern\n\n\nTo: Geneva\n\nSubject: 16:05"
    assert fold_quote(text) == (text, "")


def test_an_endless_line_introduces_nothing() -> None:
    text = f"{'words ' * 40}\n{'words ' * 40}\nBob wrote:\nNothing."
    assert fold_quote(text) == (text, "")
    assert fold_quote(f"On 3 Mar 2026, Bob wrote:\n{QUOTED}\n{'x ' * 250}wrote:")[0].endswith("wrote:")


def test_an_introduction_in_an_unknown_form_is_folded_with_its_quote() -> None:
    text = f"{ANSWER}\n\n* Bob Miller <bob@desk.example> [2026-03-03 16:05]:\n{QUOTED}"
    assert fold_quote(text)[0] == ANSWER


def test_words_around_one_quote_stay() -> None:
    visible, _ = fold_quote(f"Above.\n\nOn 3 Mar 2026, Bob wrote:\n{QUOTED}\n\nBelow.")
    assert visible == "Above.\n\n\nBelow."


def test_a_quote_without_introduction_is_folded_at_the_end_and_at_the_top() -> None:
    assert fold_quote(f"{ANSWER}\n\n{QUOTED}") == (ANSWER, QUOTED)
    assert fold_quote(f"{QUOTED}\n\n{ANSWER}") == (ANSWER, QUOTED)


@pytest.mark.parametrize("subject", ["Fwd: x", "FW: x", "[Ext] WG: x", "TR : x", "转发：x"])
def test_a_mail_that_carries_another_one_is_shown_whole(subject: str) -> None:
    text = f"Please look.\n\n{HEADERS['english']}\n\n{BODY}"
    assert compose(ParsedMail(subject=subject, text=text, in_reply_to=("a@b",))).visible == text
    assert compose(ParsedMail(subject="Re: x", text=text, in_reply_to=("a@b",))).visible == "Please look."


@pytest.mark.parametrize("subject", ["Re: Fwd", "Invoice: x", "forward: x", "Trouble", "I cannot print", ""])
def test_other_subjects_carry_nothing(subject: str) -> None:
    assert not is_forward(subject)


def test_line_ends_of_windows_do_not_matter() -> None:
    assert fold_quote(f"Yes\r\n\r\n{QUOTED}".replace("\n", "\r\n").replace("\r\r", "\r"))[0] == "Yes"


def test_what_no_person_wrote_is_not_looked_at() -> None:
    text = "a\n> b\n> c\n" * 100_001
    assert fold_quote(text) == (text, "")


@given(st.text(st.sampled_from("> -_\nOn:@wrote12.<a>From\ue000\t"), max_size=200))
def test_folding_loses_no_word(text: str) -> None:
    visible, folded = fold_quote(text)
    assert sorted((visible + folded).replace("\n", "").replace(" ", "").replace("\t", "")) == sorted(
        "".join(text.split())
    )
    assert visible.strip() or not text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "> " * 100_000,
        "> x\n" * 100_000,
        "From: a\n" * 90_000,
        "On 3 Apr 2012 x wrote\n" * 40_000,
        "-" * 500_000,
        "-- \n" * 100_000,
        "Sent from my x\n" * 60_000,
        ("-" * 399 + "\n") * 500,
        " " * 500_000,
        "> q\na\n" * 90_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a8_a_text_made_to_be_slow_is_read_in_time(text: str) -> None:
    start = time.process_time()
    fold_quote(text)
    assert time.process_time() - start < 2
