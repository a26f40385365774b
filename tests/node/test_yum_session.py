# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""yum's session on a yum that is stood in for (``fakes/yum``): yum 3 itself needs Python 2 and rpm's own bindings."""

import bz2
import copy
import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import context
from payload import rpm_collect, rpm_facts, rpm_worker, wanted
from payload.refusal import Refusal
from payload.rpm_transaction import Objector


def load():
    """The stand-ins are seen by ``yum_session`` and by nobody else: another test asks the real rpm, if there is one."""
    real = sys.modules.pop("rpm", None)
    sys.path.insert(0, os.path.join(context.HERE, "fakes"))
    try:
        import yum
        from payload import yum_session
    finally:
        del sys.path[0]
        sys.modules.pop("rpm", None)
        if real:
            sys.modules["rpm"] = real
    return yum, yum_session


yum, yum_session = load()

UPDATEINFO = u"""<updates><update type="security"><id>ALAS2-2018-939</id><severity>critical</severity>
<issued date="2018-01-29 17:58"/><updated date="2018-01-31 21:56"/>
<references><reference id="CVE-2017-5715" type="cve"/></references>
<pkglist><collection><package name="kernel" arch="x86_64" epoch="0" version="4.9.77" release="31.58.amzn2"/>
</collection></pkglist></update></updates>"""


def row(name, version, arch="x86_64", epoch="0", built=1500000000):
    number, _dash, release = version.partition("-")
    return [name, arch, epoch, number, release, built]


def offer(name, version, arch="x86_64", epoch="0", **facts):
    return dict(facts, row=row(name, version, arch, epoch))


def want(*texts):
    """``name.arch=epoch:version-release``"""
    found = []
    for text in texts:
        name, _is, version = text.partition("=")
        found.append(wanted.Wanted(name.rpartition(".")[0], name.rpartition(".")[2], version))
    return found


class Reported(object):
    """What a session reports of its transaction."""

    def __init__(self):
        self.steps, self.outputs, self.errors = [], [], []

    def step(self, name, doing, done, total):
        self.steps.append(doing)

    def said(self, text):
        self.outputs.append(text)

    def error(self, message, name=""):
        self.errors.append((name, message, list(self.outputs)))


class OnYum(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.problems = []
        self.world = {
            "cachedir": self.directory,
            "provides": {},
            "installed": [
                row("bash", "4.2.46-28.amzn2") + [1510000000, "installed"],
                row("kernel", "4.9.62-10.57.amzn2") + [1510000000, "amzn2-core"],
                row("libgcc", "7.2.1-2.amzn2", "i686") + [1510000000, ""],
                row("libgcc", "7.2.1-2.amzn2") + [1510000000, "amzn2-core"],
                row("openssl", "1.0.2k-8.amzn2", epoch="1") + [1510000000, "amzn2-core"],
                row("tzdata", "2017b-1.amzn2", "noarch") + [1510000000, "amzn2-core"],
            ],
            "repos": {
                "amzn2-core": {
                    "name": "Amazon Linux 2 core repository",
                    "packages": [
                        offer("bash", "4.2.46-28.amzn2"),
                        offer("bash", "4.2.46-30.amzn2"),
                        offer("bash", "4.2.46-34.amzn2"),
                        offer("kernel", "4.9.77-31.58.amzn2"),
                        offer("libgcc", "7.2.1-3.amzn2"),
                        offer("libgcc", "7.2.1-3.amzn2", "i686"),
                        offer("openssl", "1.0.2k-12.amzn2", epoch="1"),
                        offer("openssl", "1.0.1-1.amzn2", epoch="1"),
                        offer("tzdata", "2018c-1.amzn2", "noarch"),
                        offer("not-installed", "1-1"),
                    ],
                },
            },
        }
        yum.WORLD = self.world
        self.opened = []

    def tearDown(self):
        for session in self.opened:
            session.close()
        self.assertFalse(os.path.exists(os.path.join(self.directory, "yum.pid")))
        shutil.rmtree(self.directory)

    @property
    def core(self):
        return self.world["repos"]["amzn2-core"]

    def add(self, *offers):
        self.core["packages"] += offers

    def change(self, name, version, **facts):
        for one in self.core["packages"]:
            if one["row"][0] == name and "%s-%s" % tuple(one["row"][3:5]) == version:
                one.update(facts)

    def make(self, **options):
        options.setdefault("lock_timeout", 0)
        session = yum_session.Session(problems=self.problems, **options)
        self.opened.append(session)
        return session

    def open(self, refresh=False, **options):
        session = self.make(**options)
        session.open(refresh)
        return session

    def refuse(self, work, code):
        try:
            work()
        except Refusal as refusal:
            self.assertEqual(code, refusal.code)
            return refusal.message
        raise AssertionError("not refused")

    def write(self, name, data):
        path = os.path.join(self.directory, name)
        with open(path, "wb") as stream:
            stream.write(data)
        return path


class TestFacts(OnYum):
    def collect(self, session=None):
        raw = rpm_collect.gather(session or self.make(), True, self.problems)
        raw.update(files={"/etc/os-release": 'ID="amzn"\nVERSION_ID="2"\n'}, kernel=["4.9.62-10.57.amzn2.x86_64", "#1"])
        return rpm_facts.normalize(raw)

    def candidates(self, facts):
        return [
            ("%(name)s.%(arch)s %(epoch)s:%(version)s-%(release)s" % one, one["repositories"], one["notices"])
            for one in facts["candidates"]
        ]

    def test_every_newer_version_is_a_candidate_with_its_notices(self):
        data = UPDATEINFO.encode("utf-8")
        self.core["updateinfo"] = self.write("u.xml.bz2", bz2.compress(data))
        facts = self.collect()
        self.assertEqual("AMAZON_LINUX_2", facts["os"]["operating_system"])
        self.assertEqual(
            [
                ("bash.x86_64 0:4.2.46-30.amzn2", ["amzn2-core"], []),
                ("bash.x86_64 0:4.2.46-34.amzn2", ["amzn2-core"], []),
                ("kernel.x86_64 0:4.9.77-31.58.amzn2", ["amzn2-core"], ["ALAS2-2018-939"]),
                ("libgcc.i686 0:7.2.1-3.amzn2", ["amzn2-core"], []),
                ("libgcc.x86_64 0:7.2.1-3.amzn2", ["amzn2-core"], []),
                ("openssl.x86_64 1:1.0.2k-12.amzn2", ["amzn2-core"], []),
                ("tzdata.noarch 0:2018c-1.amzn2", ["amzn2-core"], []),
            ],
            self.candidates(facts),
        )
        self.assertEqual("2018-01-31T21:56:00Z", facts["notices"]["ALAS2-2018-939"]["updated"])
        self.assertEqual(
            [{"id": "amzn2-core", "name": "Amazon Linux 2 core repository", "enabled": True, "reachable": True, "has_notices": True}],
            facts["repositories"],
        )
        first = facts["installed"][0]
        self.assertEqual(("2017-07-14T02:40:00Z", "2017-11-06T20:26:40Z"), (first["built_at"], first["installed_at"]))
        self.assertEqual(["bash", "kernel", "libgcc", "libgcc", "openssl", "tzdata"], [one["name"] for one in facts["installed"]])

    def test_a_version_in_two_repositories_names_both(self):
        self.world["repos"]["other"] = {"packages": [offer("bash", "4.2.46-30.amzn2")]}
        self.assertEqual(["amzn2-core", "other"], sorted(self.candidates(self.collect())[0][1]))

    def test_versions_that_versionlock_takes_away_are_held(self):
        self.world["locked"] = {"bash": ("4.2.46", "28.amzn2")}
        facts = self.collect()
        self.assertEqual(["bash.x86_64:0:4.2.46-30.amzn2", "bash.x86_64:0:4.2.46-34.amzn2"], facts["held"])
        self.assertEqual(7, len(facts["candidates"]))

    def test_what_one_repository_may_not_give_but_another_does_is_not_held(self):
        self.world["repos"]["other"] = {"packages": [offer("bash", "4.2.46-30.amzn2")]}
        session = self.make()
        run = session.base.plugins.run

        def run_priorities(slot, **words):
            run(slot, **words)
            if slot == "exclude":
                sack = session.base._pkgSack
                sack.packages = [one for one in sack.packages if one.repoid != "other"]

        session.base.plugins.run = run_priorities
        self.assertEqual([], self.collect(session)["held"])

    def test_exclude_of_yum_conf_is_told_of_and_not_honoured(self):
        self.world["conf"] = {"exclude": ["kernel", "bash"]}
        facts = self.collect()
        self.assertEqual(7, len(facts["candidates"]))
        message = [one["message"] for one in facts["warnings"] if one["code"] == "excludes_ignored"][0]
        self.assertTrue("exclude=kernel bash" in message)

    def test_notices_that_cannot_be_had_are_told_of(self):
        for number, data in enumerate((None, b"\x1f\x8b no gzip", gzip_of(b"<updates><upd"))):
            path = os.path.join(self.directory, "u%d.xml.gz" % number)
            if data is not None:
                self.write("u%d.xml.gz" % number, data)
            self.core["updateinfo"] = path
            self.problems = []
            facts = self.collect()
            self.opened.pop().close()
            self.assertEqual(["notices_unreadable"], [one["code"] for one in facts["warnings"]])
            self.assertEqual(7, len(facts["candidates"]))

    def test_kernels_are_install_only_also_by_what_they_provide(self):
        self.world["installed"].append(row("kmod-x", "1-1") + [0, ""])
        self.world["provides"] = {"kmod-x": "installonlypkg(kernel)"}
        self.assertEqual(["kernel", "kmod-x"], self.open().list_install_only())

    def test_a_user_without_a_cache_is_refused(self):
        self.world["no_cache"] = True
        self.refuse(self.make, "no_cache")


class TestRepositories(OnYum):
    def setUp(self):
        OnYum.setUp(self)
        self.world["repos"]["extras"] = {"packages": [offer("tzdata", "2019a-1", "noarch")]}

    def states(self, session):
        return [(one["id"], one["reachable"]) for one in session.repositories]

    def names(self, session):
        return sorted(set(one[0] for one in session.read_newer()))

    def test_one_that_cannot_be_reached_ends_it(self):
        self.core["down"] = True
        message = self.refuse(lambda: self.open(True), "repository_unavailable")
        self.assertTrue("repository 'amzn2-core'" in message and "repomd.xml" in message, message)

    def test_one_that_may_be_skipped_is_left_out_and_told_of(self):
        self.core.update(down=True, skip=True)
        session = self.open(True)
        self.assertEqual([("amzn2-core", False), ("extras", True)], self.states(session))
        self.assertEqual(["tzdata"], self.names(session))
        self.assertEqual("repository_unreachable", self.problems[0][0])
        self.assertEqual(["extras"], [name for name, _text in session.read_notices()])

    def test_whoever_only_looks_hears_of_all_that_cannot_be_reached(self):
        self.core["down"] = self.world["repos"]["extras"]["down"] = True
        session = self.make()
        session.skip_unavailable = True
        session.open(True)
        self.assertEqual([("amzn2-core", False), ("extras", False)], self.states(session))

    def test_an_old_copy_is_no_answer_to_a_refresh(self):
        self.core.update(down=True, cached=True)
        message = self.refuse(lambda: self.open(True), "repository_unavailable")
        self.assertTrue("404 - Not Found" in message, message)
        self.core["skip"] = True
        self.opened.pop().close()
        self.assertEqual([("amzn2-core", False), ("extras", True)], self.states(self.open(True)))

    def test_an_old_copy_will_do_for_an_install(self):
        self.core.update(down=True, cached=True)
        session = self.open(False)
        self.assertEqual([("amzn2-core", True), ("extras", True)], self.states(session))
        self.assertEqual([], self.problems)

    def test_a_refresh_reads_anew_and_the_rest_does_not(self):
        self.open(False)
        self.opened.pop().close()
        self.core["down"] = True
        self.open(False)
        self.opened.pop().close()
        self.refuse(lambda: self.open(True), "repository_unavailable")

    def test_older_metadata_than_before_is_told_of(self):
        self.core["older"] = True
        self.open(True)
        self.assertEqual(["metadata_old"], [code for code, _message in self.problems])

    def test_broken_metadata_are_as_good_as_none(self):
        self.core["broken"] = True
        message = self.refuse(lambda: self.open(True), "repository_unavailable")
        self.assertTrue("not well-formed" in message)

    def test_sources_replace_all_others_and_leave_nothing(self):
        self.world["repos"]["source-2"] = {"packages": [offer("bash", "5.0-1")]}
        self.world["repos"]["sources-b"] = {"packages": [offer("openssl", "9-1", epoch="1")]}
        self.world["rhn"] = {"packages": [offer("tzdata", "2030-1", "noarch")]}
        texts = (u"[main]\nname=first\nbaseurl=https://mirror.example/a\n", u"[sources-b]\nbaseurl=https://mirror.example/b\n")
        session = self.open(True, sources=[{"configuration": text} for text in texts])
        place = session.scratch.path
        self.assertTrue(session.base.conf.cachedir.startswith(place))
        self.assertEqual([("source-2", True), ("sources-b", True)], self.states(session))
        self.assertEqual(["bash", "openssl"], self.names(session))
        self.opened.pop().close()
        self.assertFalse(os.path.exists(place))


class TestLock(OnYum):
    def hold(self, seconds):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(%s)" % seconds])
        path = self.write("yum.pid", str(child.pid).encode("ascii"))
        return child, path

    def test_another_yum_is_named_and_its_lock_left_alone(self):
        child, path = self.hold(60)
        try:
            message = self.refuse(self.open, "locked")
            self.assertTrue("process %d (" % child.pid in message, message)
            self.opened.pop().close()
            self.assertTrue(os.path.exists(path))
        finally:
            child.kill()
            child.wait()
            os.unlink(path)

    def test_it_waits_for_another_yum(self):
        child, path = self.hold(60)
        heard = []

        def free(holder):
            heard.append(holder)
            if os.path.exists(path):
                os.unlink(path)

        started = time.time()
        self.open(lock_timeout=20, tell=free)
        child.kill()
        child.wait()
        self.assertEqual(1, len(heard))
        self.assertTrue(time.time() - started < 10)


class TestResolve(OnYum):
    def entries(self, session, *texts):
        transaction = session.resolve(want(*texts))
        self.assertEqual(None, transaction.reason)
        return transaction.entries

    def reason(self, session, *texts):
        return session.resolve(want(*texts)).reason

    def test_the_version_asked_for_and_no_newer_one(self):
        self.assertEqual(
            [("bash", "x86_64", "0:4.2.46-30.amzn2", "0:4.2.46-28.amzn2")],
            self.entries(self.open(), "bash.x86_64=0:4.2.46-30.amzn2"),
        )

    def test_each_question_starts_afresh(self):
        session = self.open()
        for name, version in (("bash", "0:4.2.46-30.amzn2"), ("tzdata", "0:2018c-1.amzn2")):
            arch = "noarch" if name == "tzdata" else "x86_64"
            self.assertEqual([name], [one[0] for one in self.entries(session, "%s.%s=%s" % (name, arch, version))])
        self.assertEqual([], self.entries(session))

    def test_what_comes_along_is_told_apart(self):
        self.change("bash", "4.2.46-30.amzn2", requires=["not-installed"])
        asked = want("bash.x86_64=0:4.2.46-30.amzn2")
        transaction = self.open().resolve(asked)
        self.assertEqual([("not-installed", "x86_64", "0:1-1", "")], transaction.list_dependencies(asked))

    def test_reasons(self):
        self.change("bash", "4.2.46-30.amzn2", requires=["nothing"])
        self.change("tzdata", "2018c-1.amzn2", erases=["openssl"])
        self.add(offer("libgcc", "9-1", requires=["bash-ng"]), offer("bash-ng", "1-1", download="x"))
        self.world["locked"] = {"kernel": ("4.9.62", "10.57.amzn2")}
        session = self.open()
        for text, expected in (
            ("bash.x86_64=0:4.2.46-30.amzn2", "bash-4.2.46-30.amzn2.x86_64 requires nothing"),
            ("bash.x86_64=0:6-1", "bash.x86_64: version 0:6-1 is in no repository"),
            ("openssl.x86_64=1:1.0.1-1.amzn2", "openssl.x86_64: version 1:1.0.1-1.amzn2 is no update of what is installed"),
            ("not-installed.x86_64=0:1-1", "not-installed.x86_64: version 0:1-1 is no update of what is installed"),
            ("kernel.x86_64=0:4.9.77-31.58.amzn2", "kernel.x86_64: kept out by a version lock or another plugin of yum"),
            ("tzdata.noarch=0:2018c-1.amzn2", "would remove 1:openssl-1.0.2k-8.amzn2.x86_64"),
        ):
            self.assertEqual(expected, self.reason(session, text))
        objector = Objector(session, failed={"bash-ng": "download failed"})
        self.assertTrue("needs bash-ng, which failed" in objector.object_to(want("libgcc.x86_64=0:9-1")))

    def test_a_new_kernel_comes_beside_the_old_ones_of_which_the_oldest_may_go(self):
        self.change("kernel", "4.9.77-31.58.amzn2", erases=["kernel"])
        transaction = self.open().resolve(want("kernel.x86_64=0:4.9.77-31.58.amzn2"))
        self.assertEqual(None, transaction.reason)
        self.assertEqual([("kernel", "x86_64", "0:4.9.77-31.58.amzn2", "0:4.9.62-10.57.amzn2")], transaction.entries)

    def test_what_a_package_obsoletes_goes(self):
        self.change("bash", "4.2.46-30.amzn2", obsoletes=["tzdata"])
        transaction = self.open().resolve(want("bash.x86_64=0:4.2.46-30.amzn2"))
        self.assertEqual((None, 1), (transaction.reason, len(transaction.entries)))

    def test_what_is_kept_out_cannot_come_along(self):
        self.change("bash", "4.2.46-30.amzn2", requires=["not-installed"])
        session = self.open()
        session.keep_out(lambda name, arch, epoch, version, release: (name, arch, epoch) == ("not-installed", "x86_64", "0"))
        self.assertTrue("requires not-installed" in self.reason(session, "bash.x86_64=0:4.2.46-30.amzn2"))

    def test_yum_is_asked_for_no_replacements_and_to_leave_nothing_out(self):
        conf = self.open().base.conf
        self.assertEqual((False, False, False, True), (conf.obsoletes, conf.skip_broken, conf.autosavets, conf.assumeyes))


class TestRun(OnYum):
    ALL = ("bash.x86_64=0:4.2.46-30.amzn2", "openssl.x86_64=1:1.0.2k-12.amzn2", "tzdata.noarch=0:2018c-1.amzn2")

    def resolved(self, *texts):
        session = self.open()
        self.assertEqual(None, session.resolve(want(*(texts or self.ALL))).reason)
        return session

    def versions(self):
        return sorted("%s %s-%s" % (one[0], one[3], one[4]) for one in self.world["installed"] if one[0] != "libgcc")

    def test_steps_are_told_and_packages_are_there(self):
        session, reported, heard = self.resolved(), Reported(), []
        self.assertEqual({}, session.download(heard.append))
        self.assertEqual("downloading bash-4.2.46-30.amzn2.x86_64 (1 of 3)", heard[0])
        self.assertEqual(None, session.run(reported))
        self.assertEqual(["Installing bash", "Cleaning up bash", "Installing openssl"], reported.steps[:3])
        self.assertEqual(
            ["bash 4.2.46-30.amzn2", "kernel 4.9.62-10.57.amzn2", "openssl 1.0.2k-12.amzn2", "tzdata 2018c-1.amzn2"],
            self.versions(),
        )

    def test_a_kernel_stays_beside_the_new_one(self):
        self.assertEqual(None, self.resolved("kernel.x86_64=0:4.9.77-31.58.amzn2").run(Reported()))
        self.assertTrue("kernel 4.9.62-10.57.amzn2" in self.versions() and "kernel 4.9.77-31.58.amzn2" in self.versions())

    def test_scripts_that_fail_are_told_with_their_package_and_last_words(self):
        self.change("bash", "4.2.46-30.amzn2", script=("POSTIN", False, u"cannot do \xe4\n".encode("utf-8")))
        self.change("openssl", "1.0.2k-12.amzn2", script=("PREIN", True, None))
        reported = Reported()
        self.assertEqual(None, self.resolved().run(reported))
        self.assertEqual(
            [
                ("bash", "Non-fatal POSTIN scriptlet failure in rpm package bash-4.2.46-30.amzn2.x86_64", [u"cannot do \xe4\n"]),
                ("openssl", "Error in PREIN scriptlet in rpm package 1:openssl-1.0.2k-12.amzn2.x86_64", [u"cannot do \xe4\n"]),
            ],
            reported.errors,
        )
        self.assertTrue("openssl 1.0.2k-8.amzn2" in self.versions())

    def test_errors_before_the_start_come_as_they_are_one_a_line(self):
        self.change("bash", "4.2.46-30.amzn2", problem="installing package bash-4.2.46-30.amzn2.x86_64 needs 12MB on the / filesystem")
        text = self.resolved().run(Reported())
        self.assertTrue(text.startswith("Test Transaction Errors:   installing package bash-4.2.46-30.amzn2.x86_64 needs"), text)
        self.opened.pop().close()
        self.change("bash", "4.2.46-30.amzn2", problem=None)
        self.world["cannot_start"] = "file /a from install of bash-4.2.46-30.amzn2.x86_64 conflicts"
        self.assertEqual("Could not run transaction.\n" + self.world["cannot_start"], self.resolved().run(Reported()))

    def test_downloads_and_signatures(self):
        self.change("bash", "4.2.46-30.amzn2", download="[Errno 256]\n No more mirrors to try.")
        self.change("openssl", "1.0.2k-12.amzn2", signature="unsigned")
        self.change("tzdata", "2018c-1.amzn2", signature="stranger")
        self.add(offer("libgcc", "9-1", signature="stranger without key"))
        reasons = self.resolved(*(self.ALL + ("libgcc.x86_64=0:9-1",))).download(lambda text: None)
        self.assertEqual(
            {
                "bash": "download failed: [Errno 256] No more mirrors to try.",
                "openssl": "its signature is not good: Package 1:openssl-1.0.2k-12.amzn2.x86_64 is not signed",
                "libgcc": "its signature cannot be checked: The GPG keys listed are not correct for this package.",
            },
            reasons,
        )


class Heard(object):
    """A voice that is heard in the same process."""

    def __init__(self):
        self.words = []

    def say(self, kind, **words):
        self.words.append((kind, words))

    def all(self, kind):
        return [words for said, words in self.words if said == kind]


class TestAttempt(OnYum):
    def test_one_bad_package_does_not_sink_the_others(self):
        self.change("bash", "4.2.46-30.amzn2", requires=["nothing"])
        self.change("openssl", "1.0.2k-12.amzn2", script=("PREIN", True, b"no room for it\n"))
        heard = Heard()
        rpm_worker.attempt(self.make(), {}, want(*TestRun.ALL), {}, heard)
        self.assertEqual(["bash"], [words["name"] for words in heard.all("refused")])
        self.assertEqual([("openssl", ["no room for it"])], [(words["name"], words["said"]) for words in heard.all("error")])
        self.assertEqual([{"reason": ""}], heard.all("end"))
        self.assertTrue(["tzdata", "noarch", "0", "2018c", "1.amzn2"] in [one[:5] for one in self.world["installed"]])

    def test_a_package_that_cannot_be_had_is_named_and_nothing_is_done(self):
        before = copy.deepcopy(self.world["installed"])
        self.change("bash", "4.2.46-30.amzn2", download="404")
        heard = Heard()
        rpm_worker.attempt(self.make(), {}, want(*TestRun.ALL), {}, heard)
        self.assertEqual(["bash"], [words["name"] for words in heard.all("failed")])
        self.assertEqual(before, self.world["installed"])

    def test_rejected_packages_do_not_come_along(self):
        self.change("bash", "4.2.46-30.amzn2", requires=["not-installed"])
        heard = Heard()
        command = {"blocked": ["not-*"], "blocked_shapes": ["{name}"]}
        rpm_worker.attempt(self.make(), command, want("bash.x86_64=0:4.2.46-30.amzn2"), {}, heard)
        self.assertEqual(["bash"], [words["name"] for words in heard.all("refused")])

    def test_a_package_that_the_test_transaction_names_is_blamed(self):
        problem = "file /a from install of openssl-1:1.0.2k-12.amzn2.x86_64 conflicts with file from package b-1-1.x86_64"
        self.change("openssl", "1.0.2k-12.amzn2", problem=problem)
        heard = Heard()
        rpm_worker.attempt(self.make(), {}, want(*TestRun.ALL), {}, heard)
        self.assertEqual(["openssl"], [words["name"] for words in heard.all("failed")])
        self.assertTrue("conflicts" in heard.all("end")[0]["reason"])


def gzip_of(data):
    import io

    stream = io.BytesIO()
    writer = gzip.GzipFile(fileobj=stream, mode="wb")
    writer.write(data)
    writer.close()
    return stream.getvalue()
