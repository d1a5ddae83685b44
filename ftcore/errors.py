"""Every error that a participant may see.

Each class carries a stable ``code`` and an English message for logs. The Spanish
text (``problem`` and ``fix``) lives in ``assets/texts/es/errors`` under that code.
"""

from typing import ClassVar

Param = str | int | float


class FtcoreError(Exception):
    """Base class; never raised itself."""

    code: ClassVar[str]
    message: ClassVar[str]

    def __init__(self, **params: Param) -> None:
        self.params = params
        super().__init__(self.message.format(**params))


# --- data ---------------------------------------------------------------------


class UnusableDatasetError(FtcoreError):
    """The dataset has findings that make training impossible."""

    code = "unusable_dataset"
    message = "Dataset {name!r} cannot train ({findings} errors): {message}"


class FileNotReadableError(FtcoreError):
    """The path given on the command line is no readable file."""

    code = "file_not_readable"
    message = "Cannot read {path!r}: {reason}."


class FileNotWritableError(FtcoreError):
    """The path given on the command line cannot be written."""

    code = "file_not_writable"
    message = "Cannot write {path!r}: {reason}."


class FileTooLargeError(FtcoreError):
    """An upload is over the configured limit."""

    code = "file_too_large"
    message = "File of {found_mb} MB is over the limit of {limit_mb} MB."


class NothingHeldOutError(FtcoreError):
    """The participant chose no example for the test."""

    code = "nothing_held_out"
    message = "The choice of held-out examples is empty."


class UnknownRowError(FtcoreError):
    """A position lies outside the dataset."""

    code = "unknown_row"
    message = "No example {row}; the dataset has {rows}."


class ExamNeedsTrainingError(FtcoreError):
    """The choice for the test leaves nothing to train with."""

    code = "exam_needs_training"
    message = "All {rows} examples were held out; none is left to train with."


class ExamNeedsClassError(FtcoreError):
    """The choice for the test leaves a class without an example to train with."""

    code = "exam_needs_class"
    message = "Class {label!r} would have no example to train with."


class UnknownVersionError(FtcoreError):
    """The project has no version of its examples with that id."""

    code = "unknown_version"
    message = "No version {version!r} of the dataset in this project."


class StaleVersionError(FtcoreError):
    """The examples changed elsewhere since they were shown."""

    code = "stale_version"
    message = "The dataset is at version {current}; the change was made on another."


class NoSourceFileError(FtcoreError):
    """The examples do not come from a file that was kept."""

    code = "no_source_file"
    message = "Version {number} of the dataset does not come from a kept file."


class UnknownFixError(FtcoreError):
    """No fix has that name."""

    code = "unknown_fix"
    message = "No fix {name!r}; available: {available}."


class CellTooLongError(FtcoreError):
    """A text does not fit into one cell of a workbook."""

    code = "cell_too_long"
    message = "Row {row} has a text of more than {most} characters."


class UnknownFileKindError(FtcoreError):
    """The dataset cannot be written in that form."""

    code = "unknown_file_kind"
    message = "No file kind {name!r}; available: {available}."


class UnknownTemplateError(FtcoreError):
    """No template folder has that name."""

    code = "unknown_template"
    message = "No template named {name!r}; available: {available}."


class HubUnreachableError(FtcoreError):
    """The Hub gave no answer."""

    code = "hub_unreachable"
    message = "No answer from the Hub about dataset {name!r}."


class HubDatasetMissingError(FtcoreError):
    """The Hub has no public dataset of that id."""

    code = "hub_dataset_missing"
    message = "No public dataset {name!r} on the Hub."


class HubDatasetGatedError(FtcoreError):
    """The dataset's owner asks for a registration first."""

    code = "hub_dataset_gated"
    message = "Dataset {name!r} is gated."


class HubDatasetEmptyError(FtcoreError):
    """The dataset has no rows."""

    code = "hub_dataset_empty"
    message = "Dataset {name!r} has no rows."


class HubDatasetUnreadableError(FtcoreError):
    """The library cannot read the dataset's files."""

    code = "hub_dataset_unreadable"
    message = "Dataset {name!r} cannot be read: {reason}."


# --- models -------------------------------------------------------------------


class UnknownBaseModelError(FtcoreError):
    """The catalogue has no base model of that name."""

    code = "unknown_base_model"
    message = "No base model named {name!r}; available: {available}."


class UnsuitableBaseModelError(FtcoreError):
    """The base model learns other tasks than the dataset's."""

    code = "unsuitable_base_model"
    message = "Base model {name!r} cannot learn this task; these can: {available}."


class BaseModelMissingError(FtcoreError):
    """The catalogue knows the base model, but its file is not on this machine."""

    code = "base_model_missing"
    message = "Base model {name!r} is not installed; run: {command}."


class BaseModelNotFetchedError(FtcoreError):
    """The base model's file could not be downloaded."""

    code = "base_model_not_fetched"
    message = "Base model {name!r} could not be fetched ({reason}); retry: {command}."


class EmbedderMissingError(FtcoreError):
    """The model was indexed with an embedder that this machine does not have."""

    code = "embedder_missing"
    message = "Embedder {name!r} is not on this machine; it has {found!r}."


class NotATrainedModelError(FtcoreError):
    """The folder holds no trained model of ours."""

    code = "not_a_trained_model"
    message = "Folder {path!r} holds no trained model."


# --- training -----------------------------------------------------------------


class UnknownTrainerError(FtcoreError):
    """No training backend is registered under that name."""

    code = "unknown_trainer"
    message = "No trainer named {name!r}; available: {available}."


class TrainerClosedError(FtcoreError):
    """The training backend cannot be used by this participant."""

    code = "trainer_closed"
    message = "Trainer {name!r} is not open: {reason}."


class UnknownJobError(FtcoreError):
    """No job has that id, or it belongs to somebody else."""

    code = "unknown_job"
    message = "No job {job_id!r}."


class WrongTaskError(FtcoreError):
    """The dataset does not fit the task asked for."""

    code = "wrong_task"
    message = "Dataset is for {found!r}; the task asked for is {expected!r}."


class TrainingFailedError(FtcoreError):
    """Training ended without a model."""

    code = "training_failed"
    message = "Training failed: {reason}."


class TrainingOutOfMemoryError(FtcoreError):
    """The machine's memory does not hold the training."""

    code = "out_of_memory"
    message = "Not enough memory to train with batches of {batch_size}."


class TrainingCancelledError(FtcoreError):
    """The participant stopped the training."""

    code = "cancelled"
    message = "Training was cancelled at step {step}."


class TrainingDoesNotFitError(FtcoreError):
    """The machine's memory, or the minutes that there are, do not hold the training."""

    code = "does_not_fit"
    message = "The training does not fit ({what}): {problem} {fix}"


class TrainingPausedError(FtcoreError):
    """The participant paused the training; its state is kept."""

    code = "paused"
    message = "Training was paused at step {step}."


# --- chat ---------------------------------------------------------------------


class UnknownArmError(FtcoreError):
    """The arm does not exist, or not for this task."""

    code = "unknown_arm"
    message = "No arm {name!r} for this model; available: {available}."


class ChatFailedError(FtcoreError):
    """The chat engine gave no answer."""

    code = "chat_failed"
    message = "The chat engine failed: {reason}."


class NoQuestionColumnError(FtcoreError):
    """A table has no column that could be asked."""

    code = "no_question_column"
    message = "No column to ask in {path!r}; expected one of: {expected}."


class NoAnswersError(FtcoreError):
    """The engine failed on every row."""

    code = "no_answers"
    message = "None of {rows} row(s) got an answer."


# --- evaluation and grading ---------------------------------------------------


class NothingToEvaluateError(FtcoreError):
    """There is no held-out example to evaluate with."""

    code = "nothing_to_evaluate"
    message = "No held-out examples: {examples} example(s) in all."


class ScoreOutOfRangeError(FtcoreError):
    """A score lies outside its scale."""

    code = "score_out_of_range"
    message = "Score {value} for {criterion!r} is outside {minimum}-{maximum}."


class UnknownCriterionError(FtcoreError):
    """The rubric has no criterion of that name."""

    code = "unknown_criterion"
    message = "No criterion {name!r}; available: {available}."


class UnknownTrialError(FtcoreError):
    """The playground has no such answer, or it is of another model."""

    code = "unknown_trial"
    message = "No answer {trial_id!r} of this model."


class UnknownCaseError(FtcoreError):
    """There is no such saved case, or it is somebody else's."""

    code = "unknown_case"
    message = "No saved case {case_id!r} of this participant."


class EmptyCaseError(FtcoreError):
    """A case lacks its question or its right answer."""

    code = "empty_case"
    message = "A case needs a question and its right answer."


class OldProjectError(FtcoreError):
    """A case belongs to a project that is not the participant's current one."""

    code = "old_project"
    message = "The case is of an earlier project."


# --- room ---------------------------------------------------------------------


class NotYoursError(FtcoreError):
    """The thing asked for belongs to another participant."""

    code = "not_yours"
    message = "That {noun} belongs to another participant."


class InvalidTokenError(FtcoreError):
    """A link or playground token is missing, forged or expired."""

    code = "invalid_token"
    message = "Token not valid: {reason}."


class StepLockedError(FtcoreError):
    """A step needs an earlier one first."""

    code = "step_locked"
    message = "Step {step!r} needs {needs!r} first."


class JobAlreadyActiveError(FtcoreError):
    """The participant already has a job queued or running."""

    code = "job_already_active"
    message = "Job {job_id!r} is still active."


# --- endpoint -----------------------------------------------------------------


class ApiKeyMissingError(FtcoreError):
    """A program asked without a key."""

    code = "api_key_missing"
    message = "No API key in the request."


class ApiKeyInvalidError(FtcoreError):
    """A program's key is not ours, was replaced, or is too old."""

    code = "api_key_invalid"
    message = "The API key is not valid: {reason}."


class ApiModelUnknownError(FtcoreError):
    """A program's key opens no model of that name."""

    code = "api_model_unknown"
    message = "No model {name!r} for this key; available: {available}."


class ApiFieldError(FtcoreError):
    """A field of a program's request is missing or not one that is offered."""

    code = "api_field"
    message = "Field {field!r} is not valid; expected {expected}."


class ApiBodyError(FtcoreError):
    """A program's request is not a JSON object."""

    code = "api_body"
    message = "The request's body is not a JSON object."


class ApiBodyTooLargeError(FtcoreError):
    """A program's request is over the limit."""

    code = "api_body_too_large"
    message = "The request's body is over {limit_kb} kB."


class ApiAddressError(FtcoreError):
    """A program asked for something that the endpoint does not have."""

    code = "api_address"
    message = "The endpoint has no {method} {path!r}."


class ApiBusyError(FtcoreError):
    """One key asks for more answers at once than it may."""

    code = "api_busy"
    message = "More than {limit} answers at once for one API key."
