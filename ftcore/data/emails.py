"""E-mail addresses in a text, also those whose sign is spelt out."""

import re
from collections.abc import Iterator
from functools import cache

from ftcore.data.personal_words import listed, whole, words

_LONGEST = 64  # characters of a local part (RFC 5321)
_LOCAL = re.compile(rf"(?<![\w.+%'-])[\w.+%'-]{{1,{_LONGEST}}}\Z")
_STRIPPED = ".'%+-"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_LAST = r"(?:xn--[\w-]{1,58}|[^\W\d_]{2,24})(?![\w@])"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.){{1,8}}{_LAST}")


def find_emails(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and canonical form of each address.

    Args:
        text: A text of a :class:`ftcore.data.personal_view.View`.
    """
    at = text.find("@")
    while at >= 0:
        local = _LOCAL.search(text, max(0, at - _LONGEST - 1), at)
        domain = _DOMAIN.match(text, at + 1)
        if local and domain:
            name = local.group().lstrip(_STRIPPED)
            if name and not _is_nobody(name, domain.group()):
                found = f"{name}@{domain.group()}".casefold()
                yield at - len(name), domain.end(), found
        at = text.find("@", at + 1)
    if _is_spelt(text):
        for match in _spelt().finditer(text):
            domain_name = re.sub(
                words("email", "dot"), ".", match["domain"], flags=re.I
            )
            if not _is_nobody(match["local"], domain_name):
                yield *match.span(), f"{match['local']}@{domain_name}".casefold()


def may_have_email(text: str) -> bool:
    """Whether an address may be there, with its sign or without; cheap."""
    return "@" in text or "＠" in text or _is_spelt(text)


def _is_spelt(text: str) -> bool:
    return any(hint in text for hint in _hints())


def _is_nobody(local: str, domain: str) -> bool:
    """Whether it is a file's name, or an office's mailbox at an example domain."""
    if whole("email", "file_endings").match(domain.rpartition(".")[2]):
        return True
    return (
        whole("email", "mailboxes").match(local) is not None
        and whole("email", "example_domains").match(domain) is not None
    )


@cache
def _hints() -> tuple[str, ...]:
    return listed("email", "spelt")


@cache
def _spelt() -> re.Pattern[str]:
    at, dot = words("email", "at"), words("email", "dot")
    return re.compile(
        rf"(?<![\w.+-])(?P<local>[\w.+-]{{1,64}}){at}"
        rf"(?P<domain>{_LABEL}(?:{dot}{_LABEL}){{0,4}}{dot}{_LAST})",
        re.IGNORECASE,
    )
