"""Compares what paraphe, pyHanko and pdfsig say of the same returned files, at the same instant, with the same anchors.

Usage: returns.py SET PARAPHE|--truth [--case NAME]...

Two questions are asked of each judge. Of each signature by itself: TOTAL-PASSED, INDETERMINATE or TOTAL-FAILED. Of the file: would
somebody who trusts this judge alone take it for the contract, signed? A difference from paraphe (or, with `--truth`, from the truth) that
`differences.yaml` does not explain is a fault. paraphe itself is held to the truth, without any excuse.
"""

import asyncio
import collections
import datetime as dt
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from asn1crypto import crl, pem, x509
from freezegun import freeze_time
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESFailure, AdESPassed
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer

PASSED, INDETERMINATE, FAILED = "TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"
ACCEPTED = ("accept", "accept-note")
JUDGES = ("pyhanko", "pdfsig")


class Opinion:
    """What one judge says of one file: of each field, and whether the file would be taken."""

    def __init__(self, signatures=None, taken=False, told=""):
        self.signatures, self.taken, self.told = signatures or {}, taken, told


# --- the judges


def certificates(folder):
    return [x509.Certificate.load(der) for path in sorted(folder.iterdir()) for _, _, der in pem.unarmor(path.read_bytes(), multiple=True)]


class PyHanko:
    """EN 319 102-1 by pyHanko: PAdES with long-term material, difference analysis on."""

    def __init__(self, trust, now):
        anchors = certificates(trust / "signature")
        stamps = certificates(trust / "horodatage")
        lists = [CRLContainer(crl.CertificateList.load(path.read_bytes())) for path in sorted((trust / "revocations").glob("*.crl"))]
        rule = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED
        revocation = CertRevTrustPolicy(RevocationCheckingPolicy(rule, rule))

        def policy(roots):
            return CertValidationPolicySpec(trust_manager=SimpleTrustManager.build(trust_roots=roots), revinfo_policy=revocation)

        # By default pyHanko asks for nonRepudiation; digitalSignature is as good (ETSI EN 319 412-2, 4.3.2, allows both).
        usage = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
        self.usage = usage
        self.spec = PdfSignatureValidationSpec(
            SignatureValidationSpec(
                key_usage_settings=usage,
                cert_validation_policy=policy(anchors),
                ts_cert_validation_policy=policy(stamps),
                revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
                local_knowledge=LocalKnowledge(known_crls=lists, known_certs=certificates(trust / "intermediaires")),
            )
        )
        self.context = ValidationContext(
            trust_roots=anchors,
            other_certs=certificates(trust / "intermediaires"),
            crls=[one.crl_data for one in lists],
            moment=now,
            allow_fetching=False,
            revocation_mode="require",
        )
        self.timing = ValidationTimingInfo(now, now, point_in_time_validation=False)

    def one(self, signature):
        """Its indication, and what pyHanko's own interface says. A signature without time stamp is never more than INDETERMINATE for the
        long-term procedure, whatever else it is, so it is judged by the ordinary one."""
        if next(extract_tst_data_iter(signature.signer_info, signed=False), None) is not None:
            result = asyncio.run(ades_lta_validation(signature, self.spec, self.timing))
            return result.ades_subindic, result.api_status
        status = asyncio.run(async_validate_pdf_signature(signature, self.context, key_usage_settings=self.usage))
        if not status.intact:
            return AdESFailure.HASH_FAILURE, status
        if not status.valid:
            return AdESFailure.SIG_CRYPTO_FAILURE, status
        return status.trust_problem_indic or AdESPassed.OK, status

    def judge(self, path):
        said, told, clean = {}, [], True
        try:
            with path.open("rb") as file:
                reader = PdfFileReader(file, strict=False)
                for signature in reader.embedded_regular_signatures:
                    name = signature.field_name
                    try:
                        indication, status = self.one(signature)
                    except Exception as error:  # a judge that breaks has said nothing
                        said[name] = None
                        told.append(f"{name}: {type(error).__name__}")
                        clean = False
                        continue
                    said[name] = f"TOTAL-{indication.status.name}".replace("TOTAL-INDETERMINATE", INDETERMINATE)
                    if said[name] != PASSED:
                        told.append(f"{name}: {indication.standard_name}")
                        clean = False
                    elif not status.docmdp_ok:
                        clean = False
                        told.append(f"{name}: changed after the signature")
        except Exception as error:  # the file cannot be read
            return Opinion(told=f"{type(error).__name__}: {error}"[:90])
        return Opinion(said, bool(said) and clean, "; ".join(told))


class Pdfsig:
    """poppler's pdfsig with NSS: digest, value, chain; it does not look at later revisions, times, or revocation."""

    def __init__(self, trust, now, folder):
        self.folder, self.now = folder, now
        subprocess.run(["certutil", "-N", "-d", folder, "--empty-password"], check=True, capture_output=True)
        for below, flags in (("signature", "CT,CT,CT"), ("horodatage", "CT,CT,CT"), ("intermediaires", ",,")):
            for path in sorted((trust / below).glob("*.pem")):
                subprocess.run(["certutil", "-A", "-d", folder, "-n", path.stem, "-t", flags, "-i", path], check=True, capture_output=True)

    def judge(self, path):
        at = self.now.strftime("%Y-%m-%d %H:%M:%S")
        try:
            done = subprocess.run(
                ["faketime", at, "pdfsig", "-nssdir", self.folder, path],
                capture_output=True,
                timeout=60,
                env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Opinion(told="does not end in a minute")
        if done.returncode < 0:
            return Opinion(told=f"stopped by signal {-done.returncode}")
        said, told, clean = {}, [], True
        for part in re.split(r"(?m)^Signature #\d+:", done.stdout.decode("utf-8", "replace"))[1:]:
            entries = dict(re.findall(r"(?m)^  - ([\w /]+?)(?: Name)?: (.*)$", part))
            name = entries.get("Signature Field", "?").strip()
            # Empty fields are listed as signatures without a type; document time stamps as something unknown (pyHanko names their fields so).
            if "Signature Type" not in entries or name.startswith("Timestamp-"):
                continue
            valid, chain = entries.get("Signature Validation", ""), entries.get("Certificate Validation", "")
            if not valid or "not verified" in valid or "not yet" in valid:
                said[name] = None
            elif valid != "Signature is Valid.":
                said[name] = FAILED
            else:
                said[name] = PASSED if chain == "Certificate is Trusted." else INDETERMINATE
            if said[name] != PASSED:
                clean = False
                told.append(f"{name}: {valid} {chain}".strip())
        return Opinion(said, bool(said) and clean, "; ".join(told))


def by_paraphe(program, base, truth):
    """Every file of the set, in one run."""
    now = int(dt.datetime.fromisoformat(truth["now"]).timestamp())
    env = {**os.environ, "SOURCE_DATE_EPOCH": str(now), "TZ": "UTC"}
    words = [program, "verify", base / truth["campaign"], base / truth["files"], "--format", "json"]
    done = subprocess.run(words, capture_output=True, env=env, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"paraphe verify ended with {done.returncode}: {done.stderr.decode()}")
    answer = json.loads(done.stdout)
    found = collections.defaultdict(list)
    for returned in answer["returns"]:
        found[Path(returned.get("message") or returned["file"]).name].append(returned)
    return found


# --- the comparison


def against_truth(case, returned):
    """What paraphe says that the truth does not, in one line each."""
    faults = []
    if returned["verdict"] not in case["verdict"]:
        faults.append(f"{returned['verdict']}, not {' or '.join(case['verdict'])}")
    told = {reason["code"] for reason in returned["reasons"]}
    told |= {seen["code"] for signature in returned["signatures"] for seen in signature.get("observations", [])}
    wanted = [[reason] for reason in case["reasons"]] + case.get("one_of", [])
    faults += [f"{' or '.join(reasons)} is not told" for reasons in wanted if not told.intersection(reasons)]
    if not case.get("recognised", True) and returned["contract"]:
        faults.append(f"recognised as {returned['contract']}, which it is not")
    fields = {signature["field"]: signature["indication"] for signature in returned["signatures"]}
    for field, allowed in case.get("signatures", {}).items():
        if fields.get(field) not in allowed:
            faults.append(f"{field}: {fields.get(field)}, not {' or '.join(allowed)}")
    expected = case.get("expected")
    if expected and expected != {key: returned[key] for key in expected}:
        faults.append(
            f"recognised as {returned['contract']} v{returned['version']} {returned['exemplaire']}/3, not {expected['contract']} v{expected['version']} {expected['exemplaire']}/3"
        )
    return faults


def differences(case, ours, opinion):
    """Where a judge differs: `file-taken`, `file-not-taken`, `signature-…`. What several verdicts can be defended of is no difference."""
    out = []
    accepted = {verdict in ACCEPTED for verdict in ours["verdict"]}
    if opinion.taken not in accepted:
        out.append("file-taken" if opinion.taken else "file-not-taken")
    for field, allowed in ours["signatures"].items():
        said = opinion.signatures.get(field)
        if said is None:
            out.append("signature-unsaid")
        elif said not in allowed:
            out.append(f"signature-{said}")
    return sorted(set(out))


def explains(one, judge, kind, case):
    """Whether an entry of `differences.yaml` is about this difference: it names the case, or its family."""
    about = case["name"] in one.get("cases", []) or case["family"] in one.get("families", [])
    return one["judge"] == judge and kind in one["kinds"] and about


def main(base, *words):
    base = Path(base)
    program = None if words[0] == "--truth" else words[0]
    chosen = {words[at + 1] for at, word in enumerate(words) if word == "--case"}
    truth = yaml.safe_load((base / "verites.yaml").read_text())
    cases = [case for case in truth["cases"] if not chosen or case["name"] in chosen]
    now = dt.datetime.fromisoformat(truth["now"])
    logging.disable(logging.CRITICAL)
    faulty = 0

    ours = {case["name"]: {"verdict": case["verdict"], "signatures": case.get("signatures", {})} for case in cases}
    if program:
        found = by_paraphe(program, base, truth)
        wrong = 0
        for case in cases:
            returned = found.get(Path(case["file"]).name, [])
            faults = [fault for one in returned for fault in against_truth(case, one)] if returned else ["no answer"]
            wrong += bool(faults)
            for fault in faults:
                print(f"{'paraphe':8} {'WRONG':10} {case['file']}: {fault}")
            if returned:
                one = returned[0]
                ours[case["name"]] = {
                    "verdict": [one["verdict"]],
                    "signatures": {
                        s["field"]: [s["indication"]] for s in one["signatures"] if s["field"] and not s.get("document_timestamp")
                    },
                }
        print(f"{'paraphe':8} {len(cases) - wrong} of {len(cases)} files as in verites.yaml")
        faulty += wrong

    explained = yaml.safe_load((base / "differences.yaml").read_text())["differences"] if (base / "differences.yaml").exists() else []
    used = collections.Counter()
    table = collections.defaultdict(collections.Counter)
    unexplained = []
    with tempfile.TemporaryDirectory() as folder:
        trust = base / truth["campaign"] / "confiance"
        with freeze_time(now, real_asyncio=True):
            judges = {"pyhanko": PyHanko(trust, now)}
        judges["pdfsig"] = Pdfsig(trust, now, folder)
        for case in cases:
            path = base / truth["files"] / case["file"]
            if path.suffix != ".pdf":
                continue
            for name in JUDGES:
                if name == "pyhanko":
                    with freeze_time(now, real_asyncio=True):
                        opinion = judges[name].judge(path)
                else:
                    opinion = judges[name].judge(path)
                kinds = differences(case, ours[case["name"]], opinion)
                table[name, case["family"]]["same" if not kinds else "other"] += 1
                for kind in kinds:
                    reason = next((at for at, one in enumerate(explained) if explains(one, name, kind, case)), None)
                    if reason is None:
                        unexplained.append((name, kind, case, opinion))
                    else:
                        used[reason] += 1
    for name, kind, case, opinion in unexplained:
        print(f"{name:8} {kind:28} {case['file']}: {case['what']} | {opinion.told}")
    for at, one in enumerate(explained):
        if not chosen and not used[at]:
            print(f"{one['judge']:8} {'no longer':28} differences.yaml: {one['reason']}")
    families = list(dict.fromkeys(case["family"] for case in cases))
    print(f"\n{'family':10} {'files':>6} " + " ".join(f"{name + ' same':>14} {'other':>6}" for name in JUDGES))
    for family in families:
        counts = [table[name, family] for name in JUDGES]
        print(
            f"{family:10} {sum(case['family'] == family for case in cases):6} "
            + " ".join(f"{count['same']:14} {count['other']:6}" for count in counts)
        )
    print(f"\n{sum(used.values())} differences explained, {len(unexplained)} not")
    return int(bool(faulty or unexplained))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
