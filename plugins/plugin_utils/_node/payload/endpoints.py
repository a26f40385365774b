# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trying to connect to addresses, all at once and in a few seconds, through the node's proxy if it has one."""

import base64
import os
import re
import socket
import threading
import time

from . import proxies

SECONDS = 5
_PROXY = re.compile(r"(?:(\w+)://)?(?:([^/@]*)@)?(\[[0-9a-fA-F:]+\]|[^/:@]+)(?::(\d+))?/?$")
_MOST_BYTES = 4096
_SLOW = "no answer within %d seconds"


def try_all(endpoints, manager=None, seconds=SECONDS, environment=None):
    """``[{"host", "port", "reachable", "error"?, "proxy"?}]``, in the order of ``endpoints``."""
    if not endpoints:
        return []
    environment = os.environ if environment is None else environment
    chain = choose_proxies(proxies.read_proxies(manager, environment))
    spared = (environment.get("no_proxy") or environment.get("NO_PROXY") or "").lower()
    deadline = time.time() + seconds
    attempts = []
    for host, port in endpoints:
        ways = [None] if is_spared(host, spared) else chain
        attempts.append(Attempt(host, port, ways, deadline))
    for attempt in attempts:
        attempt.start()
    for attempt in attempts:
        attempt.join(max(deadline - time.time(), 0))
    return [attempt.describe(seconds) for attempt in attempts]


def choose_proxies(found):
    """The ways to try, one after the other; None is the direct one.

    A proxy of the environment is meant for everything. One of the package manager alone may be a cache of packages, so
    it is tried only where there is no direct way.
    """
    fitting = [proxy for proxy in found if proxy[0] in ("https", "all")] or [p for p in found if p[0] == "http"]
    general = [address for _scheme, address, place in fitting if place.startswith("environment ")]
    if general:
        return general[:1]
    return [None] + [address for _scheme, address, place in fitting if " for " not in place][:1]


def is_spared(host, words):
    """Whether ``no_proxy`` names a host: by its name, by a domain it is in, or by ``*``."""
    for word in re.split(r"[,\s]+", words):
        domain = word.partition(":")[0].lstrip("*").lstrip(".")
        if word == "*" or (domain and (host == domain or host.endswith("." + domain))):
            return True
    return False


class Attempt(threading.Thread):
    """One address, tried in a thread of its own: a name that is not found blocks for long and cannot be stopped."""

    def __init__(self, host, port, ways, deadline):
        threading.Thread.__init__(self)
        self.daemon = True
        self.host, self.port, self.ways, self.deadline = host, port, ways, deadline
        self.outcome = None

    def run(self):
        errors = []
        for number, proxy in enumerate(self.ways):
            left = self.deadline - time.time()
            # a direct way that swallows everything must leave time for the proxy
            timeout = left / (len(self.ways) - number)
            try:
                connect(self.host, self.port, proxy, max(timeout, 0.1))
                self.outcome = (True, "", proxy)
                return
            except Exception as error:
                errors.append((say(error), proxy))
        self.outcome = (False,) + errors[-1]

    def describe(self, seconds):
        facts = {"host": self.host, "port": self.port}
        facts["reachable"], error, proxy = self.outcome or (False, _SLOW % seconds, self.ways[-1])
        if error:
            facts["error"] = error
        if proxy:
            facts["proxy"] = proxies.hide_secrets(proxy)
        return facts


def say(error):
    if isinstance(error, socket.timeout):
        return "timed out"
    return getattr(error, "strerror", None) or "%s" % (error,)


def connect(host, port, proxy, timeout):
    """Open a connection and close it again; raises what stands in the way."""
    if proxy is None:
        socket.create_connection((host, port), timeout).close()
        return
    match = _PROXY.match(proxy)
    if not match or (match.group(1) or "http").lower() != "http":
        raise ValueError("only proxies of the form http://host:port can be tried")
    _scheme, user, name, proxy_port = match.groups()
    stream = socket.create_connection((name.strip("[]"), int(proxy_port or 3128)), timeout)
    try:
        stream.settimeout(timeout)
        stream.sendall(ask_proxy(host, port, user))
        answer = stream.recv(_MOST_BYTES).decode("latin-1").splitlines()
    finally:
        stream.close()
    status = answer[0] if answer else "no answer"
    if not re.match(r"HTTP/1\.\d 2\d\d", status):
        raise ValueError("the proxy said '%s'" % status[:100])


def ask_proxy(host, port, user):
    lines = ["CONNECT %s:%d HTTP/1.1" % (host, port), "Host: %s:%d" % (host, port)]
    if user:
        packed = base64.b64encode(unquote(user).encode("utf-8")).decode("ascii")
        lines.append("Proxy-Authorization: Basic " + packed)
    return "\r\n".join(lines + ["", ""]).encode("ascii")


def unquote(text):
    """``p%40ss`` -> ``p@ss``: the function that does it has moved between Python 2 and 3."""
    return re.sub(r"%([0-9a-fA-F]{2})", lambda match: chr(int(match.group(1), 16)), text)
