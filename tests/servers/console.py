"""Ada's browser, as far as these tests need it."""

import requests

from tests.servers.desk import ADA, ADAS_PASSWORD, MailDesk


class Console:
    def __init__(self, desk: MailDesk) -> None:
        self.desk = desk
        self.http = requests.Session()
        self._post("/sign-in/", email=ADA, password=ADAS_PASSWORD)

    def _post(self, path: str, **fields: str) -> requests.Response:
        if "csrftoken" not in self.http.cookies:
            self.http.get(self.desk.url + path, timeout=20)
        token = str(self.http.cookies["csrftoken"])
        answer = self.http.post(
            self.desk.url + path, {**fields, "csrfmiddlewaretoken": token}, timeout=20, allow_redirects=False
        )
        assert answer.status_code == 302, f"{answer.status_code} {answer.text[:2000]}"
        return answer

    def reply(self, ticket: int, body: str) -> None:
        self._post(f"/tickets/{ticket}/reply/", body=body)

    def see(self, path: str) -> str:
        return self.http.get(self.desk.url + path, timeout=20).text

    def press(self, path: str, deed: str) -> None:
        self._post(path, do=deed)

    def save_password(self, path: str, password: str) -> None:
        """The form as the page shows it, with this password typed into it."""
        row = self.desk.rows(
            "SELECT address, name, kind, host, port, security, user, auth, folder FROM tickets_mailbox"
        )[0]
        names = ("address", "name", "kind", "host", "port", "security", "user", "auth", "folder")
        self._post(path, **dict(zip(names, map(str, row), strict=True)), secret=password)
