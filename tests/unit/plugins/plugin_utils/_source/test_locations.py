# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import DocumentError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.locations import (
    MAX_BYTES,
    find_path,
    read_override,
    read_text,
)


class Handler(BaseHTTPRequestHandler):
    """Serves one good file, one that breaks off and one that is too long."""

    def do_GET(self) -> None:
        bodies = {"/good.json": b'["good"]', "/short.json": b"- short\n", "/long.json": b" " * (MAX_BYTES + 1)}
        body = bodies.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", "99" if self.path == "/short.json" else str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def make_certificate(folder: Path) -> Path:
    """Certificate of 127.0.0.1, which is its own authority, and its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return make_certificate(tmp_path)


@pytest.fixture
def site(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A web server; Python trusts its certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def read(location: str, base_dir: Path) -> object:
    return read_override(location, option="patch_baseline_override", base_dir=str(base_dir)).data


def test_an_https_address_is_fetched(site: str, tmp_path: Path) -> None:
    assert read(f"{site}/good.json", tmp_path) == ["good"]


@pytest.mark.parametrize(
    ("file", "words"),
    [("none.json", ["404"]), ("short.json", ["broke off, 91 bytes are missing"]), ("long.json", ["larger than 4 MiB"])],
)
def test_what_an_address_does_not_give_is_said_with_option_and_address(
    site: str, tmp_path: Path, file: str, words: list[str]
) -> None:
    with pytest.raises(DocumentError) as caught:
        read(f"{site}/{file}", tmp_path)
    for word in [f"Failed to read patch_baseline_override '{site}/{file}'", *words]:
        assert word in str(caught.value)


def test_a_certificate_nobody_knows_is_refused(site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(DocumentError, match=r"(?i)certificate"):
        read(f"{site}/good.json", tmp_path)


@pytest.mark.parametrize(
    "address", ["https://127.0.0.1:1/o.json", "https://127.0.0.1:port/o.json", f"https://{'x' * 70}.invalid/o.json"]
)
def test_an_address_without_a_server_names_the_option_and_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(DocumentError) as caught:
        read(address, tmp_path)
    assert f"patch_baseline_override '{address}'" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.yml", None, ["none.yml", "No such file", "Correct the path"]),
        ("a-folder", None, ["a-folder", "Is a directory"]),
        ("o.yml", b"", ["o.yml", "0 documents"]),
        ("o.yml", b"a: 1\n---\nb: 1\n", ["o.yml", "2 documents"]),
        ("o.yml", b"\xff\xfe\x00", ["o.yml", "not UTF-8 text at byte 0"]),
        ("o.yml", b" " * (MAX_BYTES + 1), ["o.yml", "larger than 4 MiB"]),
        ("o$.yml", b"[]", ["o$.yml", "dollar"]),
        ("s3://bucket/key.json", None, ["s3://", "not supported", "https://"]),
        ("http://example.com/o.json", None, ["http://example.com/o.json", "https"]),
        ("nul\0.yml", None, ["nul"]),
        ("~nobody-of-this-name/o.yml", None, ["~nobody-of-this-name/o.yml", "Write the path out"]),
    ],
)
def test_a_place_without_a_readable_document_is_said_with_option_place_and_cause(
    tmp_path: Path, name: str, content: bytes | None, words: list[str]
) -> None:
    (tmp_path / "a-folder").mkdir()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DocumentError) as caught:
        read(name, tmp_path)
    for word in ["patch_baseline_override", *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "https://user:secret@127.0.0.1:1/o.json?sig=secret#secret",
        "https://user:secret@127.0.0.1:port/o.json?sig=secret",
        "https://user:secret@127.0.0.1/o$.json?sig=secret",
        "https://user:secret@[/o.json?sig=secret",
        "http://user:secret@127.0.0.1/o.json?sig=secret",
        "s3://bucket/o.json?sig=secret",
    ],
)
def test_what_an_address_keeps_secret_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(DocumentError) as caught:
        read(address, tmp_path)
    assert "secret" not in str(caught.value)
    assert "o.json" in str(caught.value) or "o$.json" in str(caught.value)


@pytest.mark.parametrize(
    ("written", "found"), [("o.yml", "inventory/o.yml"), ("~/o.yml", "home/o.yml"), ("./o.yml", "inventory/o.yml")]
)
def test_a_path_starts_beside_the_inventory_or_in_a_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, found: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert find_path(written, "patch_baseline_override", str(tmp_path / "inventory")) == tmp_path / found


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "o.yml").write_text("[1]", encoding="utf-8")
    assert read(str(tmp_path / "o.yml"), Path("/elsewhere")) == [1]


def test_a_byte_order_mark_is_not_part_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "o.yml").write_bytes(b"\xef\xbb\xbf[1]")
    assert read_text(tmp_path / "o.yml", "baseline file") == "[1]"
