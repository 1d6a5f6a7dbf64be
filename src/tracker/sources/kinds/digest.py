"""What tells one version of a piece of an answer from any other."""

import hashlib


def digest_of(*parts: str) -> str:
    """Of texts, in their order: sixteen hex digits."""
    told = "".join(f"{len(part)}:{part}" for part in parts)
    # JSON can write a lone half of a surrogate pair.
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]
