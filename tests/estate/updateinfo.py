# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""updateinfo.xml as Red Hat's family and as SUSE write it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from datetime import datetime, timezone

from .rpm_packages import Notice, RpmRepository, parse_nevra
from .rpms import node_arch

_BUGZILLA = {"redhat": "https://bugzilla.redhat.com/show_bug.cgi?id=", "suse": "https://bugzilla.suse.com/"}


def format_updateinfo(repository: RpmRepository, notices: Iterable[Notice]) -> str:
    """The text of updateinfo.xml with these notices."""
    root = ET.Element("updates")
    for notice in notices:
        root.append(_update(repository, notice))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _update(repository: RpmRepository, notice: Notice) -> ET.Element:
    suse = repository.flavour == "suse"
    sender, status = ("maint-coord@suse.de", "stable") if suse else ("releng@estate.test", "final")
    update = ET.Element("update", {"from": sender, "status": status, "type": notice.type, "version": "1"})
    _add(update, "id", notice.id)
    _add(update, "title", notice.title or f"{notice.type} update {notice.id}")
    if suse and notice.severity:
        _add(update, "severity", notice.severity)
    ET.SubElement(update, "issued", date=_epoch(notice.issued) if suse else notice.issued)
    if notice.updated and not suse:
        ET.SubElement(update, "updated", date=notice.updated)
    _add(update, "release", repository.release)
    if not suse:
        _add(update, "rights", "")
        if notice.severity:
            _add(update, "severity", notice.severity)
    _add(update, "summary", notice.title)
    _add(update, "description", notice.title)
    references = ET.SubElement(update, "references")
    for bug in notice.bugzillas:
        href = _BUGZILLA[repository.flavour] + bug
        ET.SubElement(references, "reference", href=href, id=bug, type="bugzilla", title=f"Bug {bug}")
    for cve in notice.cves:
        href = f"https://www.cve.org/CVERecord?id={cve}"
        ET.SubElement(references, "reference", href=href, id=cve, type="cve", title=cve)
    pkglist = ET.SubElement(update, "pkglist")
    collection = ET.SubElement(pkglist, "collection", short=repository.name.replace("/", "-"))
    _add(collection, "name", repository.release or repository.name)
    if notice.module:
        module = notice.module
        ET.SubElement(
            collection, "module", name=module.name, stream=module.stream, version=str(module.version),
            context=module.context, arch=node_arch(module.arch),
        )  # fmt: skip
    for text in notice.packages:
        _add_package(collection, text, notice, suse)
    return update


def _add_package(collection: ET.Element, text: str, notice: Notice, suse: bool) -> None:
    parts = parse_nevra(text)
    parts = parts._replace(arch=node_arch(parts.arch))
    source = f"{parts.name}-{parts.version}-{parts.release}.src.rpm"
    package = ET.SubElement(collection, "package", parts._asdict() | {"src": source})
    _add(package, "filename", parts.filename)
    flag = "True" if suse else "1"
    if notice.reboot_suggested:
        _add(package, "reboot_suggested", flag)
    if notice.restart_suggested:
        _add(package, "restart_suggested", flag)


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _epoch(date: str) -> str:
    return str(int(datetime.strptime(date, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc).timestamp()))
