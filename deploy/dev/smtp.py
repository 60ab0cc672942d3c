"""A mail server on loopback that wants STARTTLS and AUTH and keeps each mail as a file: smtp.py DIR PORT

DIR/key.pem and DIR/ca.pem are its key and certificate. The mails stand in DIR/mails, in order of their
arrival; X-MailFrom, X-RcptTo and X-Peer (aiosmtpd's handlers name them so) say how each came.
"""

import os
import pathlib
import signal
import ssl
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = b"app", b"app-secret"


class Box:
    """Keeps what arrives. A mail is renamed into place, so that who looks sees whole ones only."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.count = len(list(folder.glob("*.eml")))

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        head = f"X-MailFrom: {envelope.mail_from}\r\nX-RcptTo: {', '.join(envelope.rcpt_tos)}\r\nX-Peer: {session.peer}\r\n"
        part = self.folder / f"{self.count:06}.part"
        with open(part, "wb") as f:
            f.write(head.encode() + envelope.content)
            f.flush()
            os.fsync(f.fileno())
        part.rename(self.folder / f"{self.count:06}.eml")
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER, PASSWORD)
    return AuthResult(success=good, handled=False)  # not handled: aiosmtpd answers the client itself


def main():
    folder, port = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    controller = Controller(
        Box(folder / "mails"), hostname="127.0.0.1", port=port, tls_context=tls, require_starttls=True,
        authenticator=authenticate, auth_required=True, auth_require_tls=True, data_size_limit=8 << 20, enable_SMTPUTF8=True,
    )
    controller.start()
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    signal.signal(signal.SIGINT, lambda *_: ended.set())
    ended.wait()
    controller.stop()


main()
