"""What can go wrong while a base model is brought here, each with its own cure."""

from ftcore.errors import FtcoreError


class ModelHubUnreachableError(FtcoreError):
    """There is no way from this machine to the Hugging Face Hub."""

    code = "model_hub_unreachable"
    message = "The Hub cannot be reached for {name!r}; retry: {command}."


class DownloadCutError(FtcoreError):
    """A download was cut; what came is kept and the next one goes on from there."""

    code = "download_cut"
    message = "The download of {name!r} was cut; go on with: {command}."


class GatedModelError(FtcoreError):
    """The Hub gives the file only to accounts that took its licence."""

    code = "gated_model"
    message = "Base model {name!r} is gated; accept its licence at {address}."


class NoSpaceError(FtcoreError):
    """The disk has no room for a base model."""

    code = "no_space"
    message = "{name!r} needs {needed_mb} MB and {free_mb} MB are free."


class WrongChecksumError(FtcoreError):
    """A base model's file is not the one that it should be."""

    code = "wrong_checksum"
    message = "The file of {name!r} has the checksum {found}, not {expected}."
