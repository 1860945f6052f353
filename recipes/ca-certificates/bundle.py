"""Prints the roots of a certdata.txt of NSS that may vouch for TLS servers, as PEM.

A root that is only trusted for certificates up to a date is left out: a bundle cannot tell the date.
"""

import base64
import sys
import textwrap

NAME_OF_ROOT = ("CKA_ISSUER", "CKA_SERIAL_NUMBER")


def objects(lines):
    """Yields each object as a dictionary of its attributes, octal ones as bytes and others as text."""
    attributes, name, octets = {}, None, None
    for line in map(str.strip, lines):
        if octets is not None and line == "END":
            attributes[name], octets = bytes(octets), None
        elif octets is not None:
            octets.extend(int(octet, 8) for octet in line.split("\\")[1:])
        elif line.startswith("CKA_"):
            name, kind, *value = line.split(None, 2)
            if name == "CKA_CLASS" and attributes:
                yield attributes
                attributes = {}
            if kind == "MULTILINE_OCTAL":
                octets = []
            else:
                attributes[name] = value[0]
    yield attributes


with open(sys.argv[1], encoding="utf-8") as file:
    every = list(objects(file))
trusted = {
    tuple(one[name] for name in NAME_OF_ROOT)
    for one in every
    if one["CKA_CLASS"] == "CKO_NSS_TRUST" and one["CKA_TRUST_SERVER_AUTH"] == "CKT_NSS_TRUSTED_DELEGATOR"
}
for one in every:
    if one["CKA_CLASS"] != "CKO_CERTIFICATE" or tuple(one[name] for name in NAME_OF_ROOT) not in trusted:
        continue
    if one.get("CKA_NSS_SERVER_DISTRUST_AFTER", "CK_FALSE") != "CK_FALSE":
        continue
    print(f"# {one['CKA_LABEL'].strip(chr(34))}")
    print("-----BEGIN CERTIFICATE-----")
    print("\n".join(textwrap.wrap(base64.b64encode(one["CKA_VALUE"]).decode(), 64)))
    print("-----END CERTIFICATE-----")
