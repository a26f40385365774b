# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and answers, held against the service models that botocore ships.

botocore's own validator knows types, required members and lower bounds; upper bounds, enumerations and patterns, which
the services check too, are added here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.validate import ParamValidator

from .errors import ApiError

_SEPARATORS = r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_CLASSES = {r"\p{L}": r"\w", r"\p{N}": "", r"\p{Z}": _SEPARATORS}
"""Unicode classes that the models use and `re` does not know; each model that has one also allows the underscore."""
_EXPECTED = ("Target", "PatchOrchestratorFilter", "MaintenanceWindowFilter")
"""Structures of key and values in which the model requires neither, and which mean nothing without them."""
_BOUND = "valid min"
"""In what botocore says of bounds, which are checked here."""
_CASES = "PatchComplianceDataState"
"""Printed in capitals in the model, answered in CamelCase (Installed, InstalledOther) by the service."""
_BROKEN_PATTERNS = {"StringDateTime"}
"""Refuse what the service answers."""


@cache
def service_model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


def operation_model(service: str, operation: str) -> OperationModel:
    return service_model(service).operation_model(operation)


def has_error(service: str, operation: str, code: str) -> bool:
    """Whether an operation documents an error."""
    return any(shape.name == code for shape in operation_model(service, operation).error_shapes)


def check_request(service: str, operation: str, request: dict[str, Any]) -> None:
    """Raise ValidationException, in the service's words, for what its model does not allow."""
    shape = operation_model(service, operation).input_shape
    if shape is None:
        return
    report = ParamValidator().validate(request, shape)
    if report.has_errors():
        wrong = [text for text in report.generate_report().splitlines() if _BOUND not in text]
        if wrong:
            raise ApiError("ValidationException", "; ".join(wrong))
    failures = list(_failures(shape, request, ""))
    if failures:
        noun = "error" if len(failures) == 1 else "errors"
        raise ApiError("ValidationException", f"{len(failures)} validation {noun} detected: {'; '.join(failures)}")


def check_answer(service: str, operation: str, answer: dict[str, Any]) -> list[str]:
    """What an answer has that the model does not allow: a bug of this emulator."""
    shape = operation_model(service, operation).output_shape
    if shape is None:
        return [f"{operation} has no answer, and this is one: {answer}"] if answer else []
    report = ParamValidator().validate(answer, shape)
    wrong = report.generate_report().splitlines() if report.has_errors() else []
    # Bounds are not kept by the services: a page of ten where the model says five, no registrations where it says one.
    wrong = [text for text in wrong if _BOUND not in text]
    failures = (text for text in _failures(shape, answer, "") if "Member must have" not in text)
    # Nor are patterns and enumerations, where there is nothing to tell: a document version that is an empty text.
    return wrong or [text for text in failures if not text.startswith("Value '' ")]


def _failures(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure":
        yield from _structure_failures(shape, value, path)
    elif shape.type_name == "list":
        yield from _bounds(shape, len(value), value, path, "length")
        for number, item in enumerate(value, 1):
            yield from _failures(shape.member, item, f"{path}.{number}.member")
    elif shape.type_name == "map":
        yield from _bounds(shape, len(value), value, path, "length")
        for key, item in value.items():
            yield from _failures(shape.key, key, f"{path}.key")
            yield from _failures(shape.value, item, f"{path}.{key}.member")
    elif shape.type_name == "string":
        yield from _text_failures(shape, value, path)
    elif shape.type_name in ("integer", "long"):
        yield from _bounds(shape, value, value, path, "value")


def _structure_failures(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if shape.name in _EXPECTED and not (value.get("Key") and "Values" in value):
        yield _failure(value, path, "Key and Values must not be null")
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from _failures(member, value[name], _below(path, name[:1].lower() + name[1:]))


def _text_failures(shape: Shape, value: str, path: str) -> Iterator[str]:
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed and not (shape.name == _CASES and _capitals(value) in allowed):
        yield _failure(value, path, f"Member must satisfy enum value set: [{', '.join(allowed)}]")
    yield from _bounds(shape, len(value), value, path, "length")
    pattern = shape.metadata.get("pattern")
    if pattern and shape.name not in _BROKEN_PATTERNS and not _compile(pattern).fullmatch(value):
        yield _failure(value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _bounds(shape: Shape, size: int, value: Any, path: str, what: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield _failure(value, path, f"Member must have {what} greater than or equal to {least}")
    if most is not None and size > most:
        yield _failure(value, path, f"Member must have {what} less than or equal to {most}")


def _failure(value: Any, path: str, constraint: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _capitals(value: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", value).upper()


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    for known, spelled in _CLASSES.items():
        pattern = pattern.replace(known, spelled)
    return re.compile(pattern)
