# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows updates as the node's own search offers them (field mapping: ``selection-and-install.md`` 7.1)."""

from __future__ import annotations

from collections.abc import Hashable

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import EPOCH
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.filters import Traits
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.memo import Memo
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import Package
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.products import fold
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.subjects import Details, Subject

_NO_SEVERITY = "Unspecified"
_Signature = tuple[tuple[str, ...], str, str, str]


class WindowsView:
    """The non-security switch means nothing here: every update is within reach of every rule."""

    def __init__(self) -> None:
        self._traits = Memo(_make_traits)

    def sign(self, package: Package) -> Hashable:
        return (*_sign_traits(package), package.released_at)

    def list_subjects(self, package: Package) -> tuple[Subject, ...]:
        return (Subject(self._traits[_sign_traits(package)], dated=package.released_at or EPOCH),)

    def describe(self, package: Package) -> Details:
        return Details(
            classification=package.classification,
            severity=package.msrc_severity or _NO_SEVERITY,
            security=fold(package.classification) == "securityupdates",
            advisory_ids=package.bulletin_ids,
        )


def _sign_traits(package: Package) -> _Signature:
    return (package.products, package.product_family, package.classification, package.msrc_severity)


def _make_traits(signature: _Signature) -> Traits:
    products, family, classification, severity = signature
    given = {
        "PATCH_SET": (_find_patch_set(products, family),),
        "PRODUCT": products,
        "PRODUCT_FAMILY": (family,),
        "CLASSIFICATION": (classification,),
        "MSRC_SEVERITY": (severity or _NO_SEVERITY,),
    }
    return Traits({key: values for key, values in given.items() if any(values)})


def _find_patch_set(products: tuple[str, ...], family: str) -> str:
    if family:
        return "OS" if fold(family) == "windows" else "APPLICATION"
    # Without a family the products tell; an update without either is taken for one of Windows itself.
    words = [fold(product) for product in products]
    own = any(word.startswith(("windows", "microsoftserveroperatingsystem")) for word in words)
    return "OS" if own or not words else "APPLICATION"
