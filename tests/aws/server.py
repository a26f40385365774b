# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server: which request is for what, in the protocols of the services."""

from __future__ import annotations

import json
import re
import threading
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, unquote
from uuid import uuid4
from xml.sax.saxutils import escape

from werkzeug.serving import BaseWSGIServer, make_server

from . import moto_bridge, operations
from .control import Control
from .errors import ApiError, ControlError
from .registry import HANDLERS, REST, is_read
from .shapes import check_answer, check_request, operation_model, service_model
from .world import Call, Json

_TARGETS = {"AmazonSSM": "ssm", "ResourceGroupsTaggingAPI_20170126": "resourcegroupstaggingapi"}
_CONTROL = "/openpatch/control"
_REGION = "us-east-1"
_MAX_BODY = 64 * 1024 * 1024


@dataclass(frozen=True)
class _Incoming:
    """A request as far as its envelope says."""

    service: str
    operation: str
    account: str
    region: str
    endpoint: str
    request: Json | None
    """None: moto is to read it."""


class Application:
    """The emulator as a WSGI application."""

    def __init__(self) -> None:
        self.control = Control()
        self._moto = moto_bridge.make_application()
        self._lock = threading.RLock()
        self._operations = operations.SERVED

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/openpatch/"):
            return self._answer_control(environ, start_response, path)
        body = _read_body(environ)
        try:
            incoming = self._receive(environ, path, body)
        except ApiError as error:
            return _send_error(start_response, "ssm", error)
        faults = self.control.faults
        faults.wait(incoming.service, incoming.operation, incoming.account)
        with self._lock:
            try:
                faults.check(incoming.service, incoming.operation, incoming.account)
                if (incoming.service, incoming.operation) in HANDLERS and not _is_motos(incoming):
                    answer = self._serve(incoming)
                    faults.lose(incoming.service, incoming.operation, incoming.account)
                    return _send(start_response, 200, answer, incoming.service)
            except ApiError as error:
                return _send_error(start_response, incoming.service, error)
            moto_bridge.touch()
            return list(self._moto(environ, start_response))

    def _serve(self, incoming: _Incoming) -> Json:
        request = incoming.request or {}
        check_request(incoming.service, incoming.operation, request)
        world, reads = self.control.world, is_read(incoming.operation)
        see = world.to_read if reads else world.to_write
        state = see(incoming.account, incoming.region)
        call = Call(incoming.service, incoming.operation, request, state, world, incoming.endpoint)
        try:
            answer = HANDLERS[incoming.service, incoming.operation](call, request)
        except ApiError:
            if not reads:
                world.forget_write(incoming.account, incoming.region)
            raise
        except Exception as error:
            self._bug(incoming, traceback.format_exc())
            raise ApiError("EmulatorBug", f"{incoming.operation}: {error!r}") from error
        answer = _known_members(incoming, answer)
        wrong = check_answer(incoming.service, incoming.operation, answer)
        if wrong:
            self._bug(incoming, "; ".join(wrong))
            raise ApiError("EmulatorBug", f"{incoming.operation}: {'; '.join(wrong)}")
        return answer

    def _bug(self, incoming: _Incoming, text: str) -> None:
        self.control.bugs.append(f"{incoming.service}:{incoming.operation}: {text}")

    def _receive(self, environ: Any, path: str, body: bytes) -> _Incoming:
        key, region, signed_for = _credentials(environ)
        account = moto_bridge.account_of(key)
        endpoint = f"http://{environ.get('HTTP_HOST', '127.0.0.1')}"
        prefix, _unused, operation = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
        if prefix in _TARGETS:
            return _Incoming(_TARGETS[prefix], operation, account, region, endpoint, _read_json(body))
        if signed_for in REST:
            operation, request = _route_rest(signed_for, environ, path, body)
            return _Incoming(signed_for, operation, account, region, endpoint, request)
        form = parse_qs(body.decode("utf-8", "replace")) if b"Action=" in body[:2000] else {}
        action = form.get("Action", [environ.get("REQUEST_METHOD", "GET")])[0]
        return _Incoming(signed_for, action, account, region, endpoint, None)

    def _answer_control(self, environ: Any, start_response: Any, path: str) -> Iterable[bytes]:
        if path != _CONTROL:
            answer = self.control.file(path)
            return _send(start_response, 404, {}) if answer is None else _send(start_response, 200, answer)
        if environ["REQUEST_METHOD"] != "POST":
            with self._lock:
                return _send(start_response, 200, self.control.status())
        try:
            orders = json.loads(_read_body(environ) or b"{}")
            # Not under the lock: what hangs does not hold it, and this is what ends it.
            self.control.release(orders)
            with self._lock:
                return _send(start_response, 200, self.control.obey(orders))
        except (ControlError, ValueError, TypeError, KeyError) as error:
            return _send(start_response, 400, {"error": str(error)})


def serve(host: str, port: int) -> BaseWSGIServer:
    """A server that listens; `serve_forever` makes it answer."""
    return make_server(host, port, Application(), threaded=True, request_handler=_QuietHandler)


class _QuietHandler(moto_bridge.RequestHandler):
    protocol_version = "HTTP/1.1"  # a connection is used again

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: a line per request is of no use."""


def _is_motos(incoming: _Incoming) -> bool:
    return (incoming.request or {}).get("ResourceType") in operations.MOTOS_TYPES


def _known_members(incoming: _Incoming, answer: Json) -> Json:
    """Without what a handler keeps for itself and the API does not name."""
    shape = operation_model(incoming.service, incoming.operation).output_shape
    known = shape.members if shape else {}
    return {key: _strip(known[key], value) for key, value in answer.items() if key in known and value is not None}


def _strip(shape: Any, value: Any) -> Any:
    if shape.type_name == "structure" and isinstance(value, dict):
        members = shape.members
        return {key: _strip(members[key], item) for key, item in value.items() if key in members and item is not None}
    if shape.type_name == "list" and isinstance(value, list):
        return [_strip(shape.member, item) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: _strip(shape.value, item) for key, item in value.items()}
    return value


def _credentials(environ: Any) -> tuple[str, str, str]:
    scope = re.search(r"Credential=([^/,\s]+)/[^/]*/([^/]*)/([^/]*)/", environ.get("HTTP_AUTHORIZATION", ""))
    return (scope[1], scope[2], scope[3]) if scope else ("", _REGION, "unsigned")


def _read_body(environ: Any) -> bytes:
    size = min(int(environ.get("CONTENT_LENGTH") or 0), _MAX_BODY)
    body: bytes = environ["wsgi.input"].read(size) if size else b""
    if size or not environ.get("wsgi.input_terminated"):
        environ["wsgi.input"] = BytesIO(body)
    return body


def _read_json(body: bytes) -> Json:
    try:
        request = json.loads(body or b"{}")
    except ValueError as error:
        raise ApiError("SerializationException", "The request isn't JSON.") from error
    if not isinstance(request, dict):
        raise ApiError("SerializationException", "The request isn't a JSON object.")
    return request


def _route_rest(service: str, environ: Any, path: str, body: bytes) -> tuple[str, Json]:
    """The operation of a REST request and all its members, wherever they were."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or path
    raw = re.sub(r"^https?://[^/]*", "", raw).partition("?")[0]
    model = service_model(service)
    for name in model.operation_names:
        operation = model.operation_model(name)
        found = re.fullmatch(_template(operation.http["requestUri"]), raw)
        if found and operation.http["method"] == environ["REQUEST_METHOD"]:
            request = _read_json(body)
            request |= {member: unquote(value) for member, value in found.groupdict().items()}
            return name, request | dict(_from_query(operation, environ.get("QUERY_STRING", "")))
    raise ApiError("UnknownOperationException", f"No operation answers {environ['REQUEST_METHOD']} {raw}.", 404)


def _template(uri: str) -> str:
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", uri)


def _from_query(operation: Any, query: str) -> Iterator[tuple[str, Any]]:
    given = parse_qs(query)
    for name, member in (operation.input_shape.members if operation.input_shape else {}).items():
        key = member.serialization.get("name")
        if member.serialization.get("location") == "querystring" and key in given:
            yield name, given[key] if member.type_name == "list" else given[key][0]


def _send(start_response: Any, status: int, answer: Json, service: str = "ssm") -> list[bytes]:
    kind = "application/json" if service in REST else "application/x-amz-json-1.1"
    body = json.dumps(answer).encode()
    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("x-amzn-RequestId", str(uuid4()))]
    start_response(f"{status} {'OK' if status < 400 else 'Error'}", headers)
    return [body]


def _send_error(start_response: Any, service: str, error: ApiError) -> list[bytes]:
    headers = [("x-amzn-RequestId", str(uuid4()))]
    if service in ("ec2", "sts", "s3", "iam", "unsigned"):
        inner = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
        text = {
            "ec2": f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>0</RequestID></Response>",
            "s3": f"<Error>{inner}</Error>",
        }.get(service, f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error></ErrorResponse>")
        kind, body = "text/xml", text.encode()
    else:
        kind = "application/x-amz-json-1.1"
        if service in REST:
            kind = "application/json"
            headers.append(("x-amzn-ErrorType", error.code))
        body = json.dumps({"__type": error.code, "message": error.message, "Message": error.message}).encode()
    start_response(f"{error.status} Error", [("Content-Type", kind), ("Content-Length", str(len(body))), *headers])
    return [body]
