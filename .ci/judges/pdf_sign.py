"""Signs the three fields of a contract one after the other with pyHanko and throw-away keys, and validates all three.

Usage: pdf_sign.py FILE.pdf OUT.pdf. Shows that the fields are real: any program that knows PAdES can fill them, each signature
leaves those before it intact, and none is more than the filling of a form. Exits with 1 on any fault.
"""

import datetime
import io
import sys

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELDS = ("signature_etablissement", "signature_cpam", "signature_ars")


def signer(name):
    """A signer with a fresh key and a certificate it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
        .sign(key, hashes.SHA256())
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return signers.SimpleSigner(
        signing_cert=asn1.Certificate.load(der),
        signing_key=load_private_key_from_pemder_data(secret, passphrase=None),
        cert_registry=SimpleCertificateStore(),
    )


def main(source, target):
    data = open(source, "rb").read()
    roots = []
    for field in FIELDS:
        who = signer(field)
        roots.append(who.signing_cert)
        out = io.BytesIO()
        meta = signers.PdfSignatureMetadata(field_name=field, subfilter=SigSeedSubFilter.PADES)
        signers.PdfSigner(meta, who).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), output=out)
        data = out.getvalue()
    with open(target, "wb") as file:
        file.write(data)
    context = ValidationContext(trust_roots=roots)
    faulty = False
    with open(target, "rb") as file:
        signatures = PdfFileReader(file).embedded_regular_signatures
        for signature in signatures:
            status = validate_pdf_signature(signature, context)
            level = status.modification_level.name if status.modification_level else "none"
            good = status.bottom_line
            print(f"{'sign':8} {'valid' if good else 'REFUSED':10} {signature.field_name}, later changes: {level}")
            faulty |= not good
    return int(faulty or len(signatures) != len(FIELDS))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
