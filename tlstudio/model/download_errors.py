"""What can go wrong while weights are downloaded, in words for people."""

from tlstudio.errors import ModelError

OTHER_WAY = "Or bring a weights pack from a connected computer."
MEGABYTE = 1e6


class NothingToDownload(ModelError):
    """The backbone has no published weights at a hub."""

    def __init__(self, title: str, *, is_bundled: bool) -> None:
        why = "come with the program" if is_bundled else "are not published where TL Studio could fetch them"
        super().__init__(
            "Nothing to download",
            f"The weights of {title} {why}. Nothing was changed.",
            "Train with it as it is." if is_bundled else "Choose a file of your own as weights.",
        )


class AddressNotUsable(ModelError):
    """The address of a mirror or a proxy is none."""

    def __init__(self, what: str, example: str) -> None:
        super().__init__(
            f"The {what} can't be used",
            f"What is set as the {what} is not a web address. Nothing was downloaded.",
            f"Write it like {example}, or leave it empty.",
        )


class NoConnection(ModelError):
    """The hub, or the proxy on the way to it, can't be reached."""

    def __init__(self, host: str) -> None:
        super().__init__(
            "No connection",
            f"{host} could not be reached. What is on this computer works without the network.",
            f"Check the network, the proxy and the mirror, then try again. {OTHER_WAY}",
        )


class CertificateRefused(ModelError):
    """Somebody on the way opens encrypted connections, or the clock is wrong."""

    def __init__(self, host: str) -> None:
        super().__init__(
            "Connection not trusted",
            f"{host} could not prove who it is; many company networks look into encrypted connections. "
            "Nothing was downloaded.",
            "Ask your administrator to set SSL_CERT_FILE to the network's certificates, and check the clock.",
        )


class ProxyRefused(ModelError):
    """The proxy wants a name and password, or doesn't let the request pass."""

    def __init__(self, host: str) -> None:
        super().__init__(
            "The proxy refused",
            f"The proxy {host} did not let the download pass. Nothing was changed.",
            "Check name and password in its address, or ask whether it lets through to the server.",
        )


class AccessRefused(ModelError):
    """The hub hands the file out to those only who have accepted its licence."""

    def __init__(self, title: str, host: str, status: int, source: str) -> None:
        super().__init__(
            "Access refused",
            f"{host} does not hand out the weights of {title} to everybody (answer {status}), most likely "
            "because their licence must be accepted first. Nothing was downloaded.",
            f"Accept it at {source}, save the file there, then choose it as weights of your own.",
        )


class NotAtTheHub(ModelError):
    """The hub doesn't know the repository or the file."""

    def __init__(self, title: str, host: str, place: str) -> None:
        super().__init__(
            "Not found",
            f"{host} has no {place}, where the weights of {title} should be. Nothing was downloaded.",
            "If a mirror is set, try without it; it may not hold every network.",
        )


class HubUnwell(ModelError):
    """The hub answers with a fault of its own."""

    def __init__(self, host: str, status: int) -> None:
        cause = "has too many requests" if status == 429 else f"has a problem of its own (answer {status})"
        super().__init__(
            "The server can't answer now",
            f"{host} {cause}. What had come before is kept.",
            "Try again in a few minutes; it continues where it was.",
        )


class NotAHub(ModelError):
    """Somebody answers who is no Hugging Face hub: a log-in page, a plain web server."""

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(
            "This is no Hugging Face server",
            f"{host} answers, but {reason}. Nothing of it was kept.",
            "Open a browser and see if the network wants you to log in; check the mirror, or leave it empty.",
        )


class ConnectionLost(ModelError):
    """The network went away, or the server fell silent, before the file was whole."""

    def __init__(self, title: str, done_bytes: int, total_bytes: int, *, is_silent: bool) -> None:
        what = "The server sent nothing any more" if is_silent else "The connection was lost"
        if done_bytes:
            message = (
                f"{what} at {100 * done_bytes / total_bytes:.0f}% of the weights of {title}. "
                f"{done_bytes / MEGABYTE:.1f} of {total_bytes / MEGABYTE:.1f} MB are kept."
            )
        else:
            message = f"{what} before anything of the weights of {title} had come. Nothing was changed."
        again = "Download them again: it continues there." if done_bytes else "Download them again."
        super().__init__("Download cut short", message, again)


class SizeNotPlausible(ModelError):
    """The server announces far more than such a network can hold."""

    def __init__(self, title: str, host: str, claimed_bytes: int, expected_bytes: int) -> None:
        super().__init__(
            "Far too large",
            f"{host} announces {claimed_bytes / MEGABYTE:,.0f} MB for {title}, which has about "
            f"{expected_bytes / MEGABYTE:,.0f} MB of weights. Nothing was downloaded.",
            "Try without a mirror.",
        )


class DiskTooFull(ModelError):
    """The file would not fit, or the disk ran full on the way."""

    def __init__(self, needed_bytes: int, free_bytes: int | None = None) -> None:
        if free_bytes is None:
            message = (
                f"The disk ran full. The {needed_bytes / MEGABYTE:,.0f} MB that had come were removed again."
            )
        else:
            message = (
                f"The download needs {needed_bytes / MEGABYTE:,.0f} MB and {free_bytes / MEGABYTE:,.0f} MB "
                "are free. Nothing was downloaded."
            )
        super().__init__(
            "Not enough space",
            message,
            "Free some space or set TLSTUDIO_MODELS_DIR to a folder on another disk, then download again.",
        )


class ModelsFolderNotWritable(ModelError):
    """Nothing can be written where weights are kept."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "Weights can't be kept",
            f"The folder for weights can't be written to ({reason}). Nothing was downloaded.",
            "Set TLSTUDIO_MODELS_DIR to a folder that you may write to.",
        )


class ChecksumWrong(ModelError):
    """What came is not what was announced."""

    def __init__(self, title: str) -> None:
        super().__init__(
            "Damaged download",
            f"The weights of {title} came with a wrong checksum, so they were damaged or changed on the way. "
            "They were deleted.",
            "Download them again; if a mirror is set, try without it.",
        )


class NotTheKnownFile(ModelError):
    """The hub offers another file than the one that the program knows."""

    def __init__(self, title: str, host: str) -> None:
        super().__init__(
            "Not the known file",
            f"{host} offers another file for {title} than the one that TL Studio knows. "
            "Nothing was downloaded.",
            "If a mirror is set, try without it; a newer TL Studio may know the new file.",
        )


class NotItsWeights(ModelError):
    """The file is what the hub announced, and yet no weights of this network."""

    def __init__(self, title: str, reason: str) -> None:
        super().__init__(
            "Not the weights expected",
            f"The file that came is not the weights of {title}: {reason}. It was deleted.",
            "If a mirror is set, try without it.",
        )
