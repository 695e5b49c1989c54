"""Is the global API version in the URL one that this shop can use?"""

from bubblehouse_mock.contract import Contract
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.state import Settings


def check(version: str, contract: Contract, settings: Settings) -> None:
    """Pass a version that works.

    Args:
        version: The version.
        contract: What there is.
        settings: They say what the shop can't use.

    Raises:
        RefusalError: obsolete_, inaccessible_ or invalid_global_api_version.
    """
    if version in settings.obsolete_versions:
        raise RefusalError("obsolete_global_api_version", f"{version} is no longer supported")
    if version in settings.inaccessible_versions:
        raise RefusalError("inaccessible_global_api_version", f"{version} is not enabled on this account")
    if version not in contract.versions:
        known = ", ".join(enabled(contract, settings))
        raise RefusalError("invalid_global_api_version", f"{version!r:.60} never existed; there are {known}")


def enabled(contract: Contract, settings: Settings) -> list[str]:
    """List the versions that work, the contract's default first."""
    refused = {*settings.obsolete_versions, *settings.inaccessible_versions}
    return [version for version in contract.versions if version not in refused]
