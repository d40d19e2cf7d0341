# SPDX-License-Identifier: EUPL-1.2
"""Mail to citizens: the port `Mailer`, a folder and an SMTP server behind it, and the fake for tests.

A mail is sent by a job, and jobs run at least once. The idempotency key (the job's id; with a suffix when one
job sends several mails) makes that harmless: folder and fake keep one mail a key, SMTP derives the Message-ID from it,
so that a mailbox recognises the second copy.
"""

import hashlib
import re
import smtplib
import ssl
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

import idna

from engine.clock import Clock, SystemClock
from engine.errors import AmtsflussError, ConnectorUnavailable
from engine.operations import Connector

DEFAULT_SENDER = "amtsfluss@localhost"
_TIMEOUT_SECONDS = 20.0
_SAFE_KEY = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_STAMP_LENGTH = len("20261122T140503Z-")

StartTls = Literal["required", "offered", "never"]


class MailRefused(AmtsflussError):
    """This mail can never be sent as it is: an address, a header or an attachment is wrong. Names no address."""


class MailerUnavailable(ConnectorUnavailable):
    """The mail server cannot be reached or asks to try again later."""


@dataclass(frozen=True)
class Attachment:
    """A file that travels with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One plain-text mail to one person."""

    to: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    idempotency_key: str = ""


class Mailer(Connector, ABC):
    """Sends mail. `send` raises MailRefused (do not try again) or MailerUnavailable (try again later)."""

    line = "mail"

    @abstractmethod
    def send(self, mail: Mail) -> None:
        """Hand the mail over; a second call with the same idempotency key does no harm."""


class FolderMailer(Mailer):
    """Writes each mail as an .eml file, for towns that try things out: any mail program opens them."""

    def __init__(self, folder: Path | str, sender: str = DEFAULT_SENDER, clock: Clock | None = None) -> None:
        self._folder = Path(folder)
        self._sender = sender
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()

    def send(self, mail: Mail) -> None:
        message = compose(mail, self._sender, self._clock)
        key = _file_key(mail.idempotency_key)
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            if any(path.name[_STAMP_LENGTH:] == f"{key}.eml" for path in self._folder.glob(f"*-{key}.eml")):
                return
            target = self._folder / f"{self._clock.now():%Y%m%dT%H%M%SZ}-{key}.eml"
            unfinished = target.with_suffix(".part")
            unfinished.write_bytes(message.as_bytes())
            unfinished.replace(target)

    def check(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            probe = self._folder / ".check"
            probe.touch()
            probe.unlink()
        except OSError as cause:
            raise MailerUnavailable(f"The mail folder cannot be written: {cause.strerror}.") from cause


class SmtpMailer(Mailer):
    """Hands mail to an SMTP server.

    `smtp://[user:password@]host[:25]` uses STARTTLS when the server offers it, and insists on it when a password is
    given; `?starttls=required|offered|never` says otherwise. `smtps://[user:password@]host[:465]` speaks TLS from the
    start. Certificates are verified.
    """

    def __init__(self, url: str, sender: str, clock: Clock | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("The mail server's address must look like smtp://host:port or smtps://host:port.")
        self._tls_from_start = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._tls_from_start else 25)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._starttls = _starttls(parse_qs(parts.query).get("starttls", [""])[0], bool(self._password))
        self._sender = sender
        self._clock = clock or SystemClock()

    def send(self, mail: Mail) -> None:
        message = compose(mail, self._sender, self._clock)
        with self._connection() as server:
            try:
                server.send_message(message)
            # The library's errors quote addresses and must not reach a log: only the code is passed on.
            except smtplib.SMTPRecipientsRefused as refusal:
                code = next(iter(refusal.recipients.values()))[0]
                raise _by_code(code, "recipient") from None
            except smtplib.SMTPSenderRefused as refusal:
                raise _by_code(refusal.smtp_code, "sender") from None
            except smtplib.SMTPDataError as refusal:
                raise _by_code(refusal.smtp_code, "content") from None
            except smtplib.SMTPNotSupportedError:
                raise MailRefused("The mail server does not take addresses beyond ASCII.") from None

    def check(self) -> None:
        with self._connection() as server:
            server.noop()

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        try:
            with self._connect() as server:
                yield server
        except smtplib.SMTPException as cause:
            raise MailerUnavailable(f"The mail server broke off: {type(cause).__name__}.") from None
        except OSError as cause:
            raise MailerUnavailable(f"The mail server cannot be reached: {type(cause).__name__}.") from cause

    def _connect(self) -> smtplib.SMTP:
        if self._tls_from_start:
            tls = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=_TIMEOUT_SECONDS, context=tls)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT_SECONDS)
        try:
            self._secure(server)
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _secure(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self._tls_from_start or self._starttls == "never":
            return
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        elif self._starttls == "required":
            raise MailerUnavailable("The mail server offers no encryption (STARTTLS).")


class FakeMailer(Mailer):
    """Keeps what was sent in `sent`; set `unreachable` to see what happens when the server is down."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.unreachable = False

    def send(self, mail: Mail) -> None:
        self.check()
        compose(mail, DEFAULT_SENDER, SystemClock())
        if all(mail.idempotency_key != other.idempotency_key for other in self.sent):
            self.sent.append(mail)

    def check(self) -> None:
        if self.unreachable:
            raise MailerUnavailable("The fake mail server is switched off.")


def compose(mail: Mail, sender: str, clock: Clock) -> EmailMessage:
    """The mail as it travels (RFC 5322). Raises MailRefused; line breaks can never make a new header."""
    if not mail.idempotency_key:
        raise MailRefused("A mail needs an idempotency key.")
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
        message["To"] = _recipient(mail.to)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = message_id(mail.idempotency_key, sender)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text, cte="quoted-printable")
        for attachment in mail.attachments:
            _attach(message, attachment)
        message.as_bytes()
    except (ValueError, IndexError, MessageError):
        # The library's errors quote the value, which may be personal.
        raise MailRefused("An address, the subject, the text or an attachment's name cannot be sent.") from None
    return message


def message_id(idempotency_key: str, sender: str) -> str:
    """The same Message-ID for the same key, whoever sends it and whenever."""
    digest = hashlib.sha256(idempotency_key.encode()).hexdigest()[:32]
    domain = sender.rpartition("@")[2].strip("<> ")
    return f"<{digest}@{domain or 'localhost'}>"


def _recipient(to: str) -> Address:
    local, at, domain = to.strip().rpartition("@")
    if not at or not local or not domain:
        raise ValueError("Not a mail address.")
    # Mail servers know international domains in their ASCII form only. Python's own codec makes “ss” of “ß”
    # (IDNA 2003), which is another domain, and perhaps another person's; here it only looks at the lengths.
    known = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    return Address(addr_spec=f"{local}@{known.encode('idna').decode()}")


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    maintype, _, subtype = attachment.media_type.partition("/")
    if not attachment.name.isprintable() or not subtype:
        raise ValueError("A file name with control characters, or not a media type.")
    message.add_attachment(attachment.content, maintype=maintype, subtype=subtype, filename=attachment.name)


def _file_key(idempotency_key: str) -> str:
    if _SAFE_KEY.fullmatch(idempotency_key):
        return idempotency_key
    return hashlib.sha256(idempotency_key.encode()).hexdigest()


def _starttls(wish: str, with_password: bool) -> StartTls:
    if wish == "required" or (not wish and with_password):
        return "required"
    if wish in ("", "offered"):
        return "offered"
    if wish == "never":
        return "never"
    raise ValueError("The option starttls must be required, offered or never.")


def _by_code(code: int, what: str) -> Exception:
    if 400 <= code < 500:
        return MailerUnavailable(f"The mail server asks to try again later ({what}, {code}).")
    return MailRefused(f"The mail server refuses the {what} ({code}).")
