"""A real Dovecot on loopback, in a folder of its own: IMAP, one user, Maildir."""

import getpass
import grp
import imaplib
import os
import shutil
import tempfile
from pathlib import Path

from tests.hosts.process import Process, free_port, wait_for
from tests.servers.certificate import write_certificate

USER, PASSWORD = "support@brightwell.example", "open sesame"
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = desk-test
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
default_login_user = {login}
default_internal_user = {login}
default_internal_group = {group}
first_valid_uid = 0
mail_home = {folder}/mail/%u
mail_location = maildir:~/Maildir
mailbox_idle_check_interval = 1 secs
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={folder}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    def __init__(self) -> None:
        # Not pytest's folder: the path of a Unix socket has at most 107 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="dove-"))
        self.port, self.tls_port = free_port(), free_port()
        write_certificate(self.folder)
        self.set_password(PASSWORD)
        is_root = os.getuid() == 0
        login = "nobody" if is_root else getpass.getuser()
        group = "nogroup" if is_root else grp.getgrgid(os.getgid()).gr_name
        owner = "nobody" if is_root else str(os.getuid())
        (self.folder / "mail").mkdir()
        if is_root:
            self.folder.chmod(0o755)
            shutil.chown(self.folder / "mail", "nobody", "nogroup")
        (self.folder / "dovecot.conf").write_text(
            CONFIG.format(
                folder=self.folder,
                port=self.port,
                tls_port=self.tls_port,
                login=login,
                group=group,
                owner=owner,
                owner_group=group,
            )
        )
        self.start()

    def start(self) -> None:
        command = ["/usr/sbin/dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]
        self.process = Process(command, {"PATH": os.environ["PATH"]})
        wait_for(self._answers, f"Dovecot's greeting: {self.process.output}", 20)

    def _answers(self) -> bool:
        try:
            self.client().logout()
        except (OSError, imaplib.IMAP4.error):
            assert self.process.is_running, self.process.output
            return False
        return True

    def set_password(self, password: str) -> None:
        (self.folder / "users").write_text(f"{USER}:{{PLAIN}}{password}\n")

    def client(self) -> imaplib.IMAP4:
        """Signed in, INBOX chosen."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        password = (self.folder / "users").read_text().rpartition("}")[2].strip()
        client.login(USER, password)
        client.select("INBOX")
        return client

    def append(self, *mails: bytes, folder: str = "INBOX", flags: str = "") -> None:
        client = self.client()
        for mail in mails:
            assert client.append(folder, flags, None, mail)[0] == "OK"
        client.logout()

    def unseen(self) -> int:
        client = self.client()
        data = client.search(None, "UNSEEN")[1]
        client.logout()
        return len(data[0].split())

    def stop(self) -> None:
        self.process.stop()

    def close(self) -> None:
        self.process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
