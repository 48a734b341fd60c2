#!/usr/bin/env python3
"""Verify offline that your balance is in a day's commitment. Python 3.8 or newer and nothing else.

    python verify_balance.py proof.json --seal SEAL

SEAL is the day's seal from the public page of commitments, best fetched by somebody else than you or from another
machine: everybody must be shown the same one. Exit status 0: your balance is in it. 1: it is not. 2: not a proof.

It recomputes, from your balance and the secret that only you and the platform know, every node up to the root, and
checks that no sum on the way is negative and that the sums add up to the published total.
"""

import argparse
import hashlib
import json
import sys

RULES = "caigou-balance-1"
MOST = 2**63 - 1


class NotProven(Exception):
    """The figures don't lead to the commitment."""


def hashed(*parts):
    if any("\n" in part for part in parts):
        raise NotProven("a part has a line break")
    return hashlib.sha256("\n".join((RULES,) + parts).encode("utf-8")).hexdigest()


def figure(text):
    """A sum in minor units: plain digits, as the platform writes them."""
    if not isinstance(text, str) or not text.isascii() or not text.isdigit() or (len(text) > 1 and text[0] == "0"):
        raise NotProven("a sum is not written in plain digits: %r" % (text,))
    number = int(text)
    if number > MOST:
        raise NotProven("a sum is too large: %s" % text)
    return number


def digest(text):
    if not isinstance(text, str) or len(text) != 64 or set(text) - set("0123456789abcdef"):
        raise NotProven("not a hash: %r" % (text,))
    return text


def verify(proof, seal):
    """Raise NotProven unless the proof's balance is in the commitment with this seal."""
    if proof["rules"] != RULES:
        raise NotProven("made by other rules: %s" % proof["rules"])
    commitment = proof["commitment"]
    total = figure(proof["balance"])
    here = hashed("leaf", proof["owner"], proof["kind"], proof["currency"], str(total), proof["secret"])
    if len(proof["path"]) > 40:
        raise NotProven("the way to the root is too long")
    for step in proof["path"]:
        other, beside = digest(step["hash"]), figure(step["sum"])
        if step["side"] == "left":
            here = hashed("node", other, str(beside), here, str(total))
        elif step["side"] == "right":
            here = hashed("node", here, str(total), other, str(beside))
        else:
            raise NotProven("a step has no side")
        total += beside
        if total > MOST:
            raise NotProven("the sums are too large")
    if here != digest(commitment["root"]):
        raise NotProven("your balance does not lead to the root")
    if total != figure(commitment["total"]):
        raise NotProven("the sums don't add up to the published total")
    sealed = hashed(
        "seal",
        commitment["day"],
        proof["currency"],
        commitment["as_of"],
        here,
        str(total),
        str(int(commitment["leaves"])),
        commitment["previous"],
    )
    if sealed != digest(commitment["seal"]) or sealed != digest(seal):
        raise NotProven("the commitment is not the published one")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proof")
    parser.add_argument("--seal", required=True)
    asked = parser.parse_args(arguments)
    try:
        with open(asked.proof, encoding="utf-8") as file:
            proof = json.load(file)
        verify(proof, asked.seal)
    except NotProven as error:
        print("NOT PROVEN: %s" % error)
        return 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print("This is not a proof: %s" % error)
        return 2
    print(
        "PROVEN: %s %s minor units, within %s owed in all on %s"
        % (proof["balance"], proof["currency"], proof["commitment"]["total"], proof["commitment"]["day"])
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
