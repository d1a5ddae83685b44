"""llama.cpp's C interface, which the xllamacpp wheel exports beside its own.

Its Python class takes adapters only when it starts; the C interface takes them at
any time. Declarations: ``include/llama.h`` of the wheel's own source package.
"""

import ctypes
import importlib.metadata
import importlib.util
import logging
import threading
from collections.abc import Mapping
from ctypes import (
    c_bool,
    c_char_p,
    c_float,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_void_p,
)
from functools import cache
from pathlib import Path
from typing import Any

VERSION = "2026.10.11549"  # of xllamacpp: a structure may be laid out anew in any other
_LIBRARY = "xllamacpp.abi3.so"
_ERROR = 4  # GGML_LOG_LEVEL_ERROR
_KEPT_ERRORS = 3

logger = logging.getLogger(__name__)


class ModelParams(ctypes.Structure):
    """``llama_model_params``."""

    _fields_ = (
        ("devices", c_void_p),
        ("tensor_buft_overrides", c_void_p),
        ("n_gpu_layers", c_int32),
        ("split_mode", c_int),
        ("load_mode", c_int),
        ("lazy_mode", c_int),
        ("main_gpu", c_int32),
        ("tensor_split", c_void_p),
        ("progress_callback", c_void_p),
        ("progress_callback_user_data", c_void_p),
        ("kv_overrides", c_void_p),
        ("vocab_only", c_bool),
        ("check_tensors", c_bool),
        ("use_extra_bufts", c_bool),
        ("no_host", c_bool),
        ("no_alloc", c_bool),
        ("load_mtp", c_bool),
    )


class ContextParams(ctypes.Structure):
    """``llama_context_params``."""

    _fields_ = (
        ("n_ctx", c_uint32),
        ("n_batch", c_uint32),
        ("n_ubatch", c_uint32),
        ("n_seq_max", c_uint32),
        ("n_rs_seq", c_uint32),
        ("n_outputs_max", c_uint32),
        ("n_outputs_max_per_seq", c_uint32),
        ("n_threads", c_int32),
        ("n_threads_batch", c_int32),
        ("ctx_type", c_int),
        ("rope_scaling_type", c_int),
        ("pooling_type", c_int),
        ("attention_type", c_int),
        ("flash_attn_type", c_int),
        ("rope_freq_base", c_float),
        ("rope_freq_scale", c_float),
        ("yarn_ext_factor", c_float),
        ("yarn_attn_factor", c_float),
        ("yarn_beta_fast", c_float),
        ("yarn_beta_slow", c_float),
        ("yarn_orig_ctx", c_uint32),
        ("defrag_thold", c_float),
        ("cb_eval", c_void_p),
        ("cb_eval_user_data", c_void_p),
        ("type_k", c_int),
        ("type_v", c_int),
        ("moe_cache_size", c_size_t),
        ("abort_callback", c_void_p),
        ("abort_callback_data", c_void_p),
        ("embeddings", c_bool),
        ("offload_kqv", c_bool),
        ("no_perf", c_bool),
        ("op_offload", c_bool),
        ("swa_full", c_bool),
        ("kv_unified", c_bool),
        ("samplers", c_void_p),
        ("n_samplers", c_size_t),
        ("ctx_other", c_void_p),
    )


class Batch(ctypes.Structure):
    """``llama_batch``: tokens of one sequence, at the positions that follow."""

    _fields_ = (
        ("n_tokens", c_int32),
        ("token", c_void_p),
        ("embd", c_void_p),
        ("pos", c_void_p),
        ("n_seq_id", c_void_p),
        ("seq_id", c_void_p),
        ("logits", c_void_p),
    )


class ChainParams(ctypes.Structure):
    """``llama_sampler_chain_params``."""

    _fields_ = (("no_perf", c_bool),)


# What the library says its defaults are; anything else means another layout. The
# fields that are not named are zero or null.
_MODEL_DEFAULTS: Mapping[str, object] = {
    "n_gpu_layers": -1,
    "split_mode": 1,
    "load_mode": -1,
    "lazy_mode": 1,
    "use_extra_bufts": True,
}
_CONTEXT_DEFAULTS: Mapping[str, object] = {
    "n_ctx": 512,
    "n_batch": 2048,
    "n_ubatch": 512,
    "n_seq_max": 1,
    "n_outputs_max_per_seq": 1,
    "n_threads": 4,
    "n_threads_batch": 4,
    "rope_scaling_type": -1,
    "pooling_type": -1,
    "attention_type": -1,
    "flash_attn_type": -1,
    "yarn_ext_factor": -1.0,
    "yarn_attn_factor": -1.0,
    "yarn_beta_fast": -1.0,
    "yarn_beta_slow": -1.0,
    "defrag_thold": -1.0,
    "type_k": 1,
    "type_v": 1,
    "offload_kqv": True,
    "no_perf": True,
    "op_offload": True,
    "swa_full": True,
}

_Signature = tuple[Any, tuple[Any, ...]]
# Functions that take a while: the interpreter goes on beside them.
_LONG: Mapping[str, _Signature] = {
    "llama_backend_init": (None, ()),
    "llama_model_default_params": (ModelParams, ()),
    "llama_context_default_params": (ContextParams, ()),
    "llama_model_load_from_file": (c_void_p, (c_char_p, ModelParams)),
    "llama_model_free": (None, (c_void_p,)),
    "llama_init_from_model": (c_void_p, (c_void_p, ContextParams)),
    "llama_free": (None, (c_void_p,)),
    "llama_adapter_lora_init": (c_void_p, (c_void_p, c_char_p)),
    "llama_adapter_lora_free": (None, (c_void_p,)),
    "llama_tokenize": (
        c_int32,
        (c_void_p, c_char_p, c_int32, c_void_p, c_int32, c_bool, c_bool),
    ),
    "llama_decode": (c_int32, (c_void_p, Batch)),
    "llama_state_seq_get_data": (c_size_t, (c_void_p, c_void_p, c_size_t, c_int32)),
    "llama_state_seq_set_data": (c_size_t, (c_void_p, c_void_p, c_size_t, c_int32)),
    "llama_sampler_sample": (c_int32, (c_void_p, c_void_p, c_int32)),
}
# Functions of a microsecond or two: letting the interpreter go and waiting for it
# again would cost more, up to 5 ms beside a busy thread.
_SHORT: Mapping[str, _Signature] = {
    "llama_log_set": (None, (c_void_p, c_void_p)),
    "llama_model_get_vocab": (c_void_p, (c_void_p,)),
    "llama_model_chat_template": (c_char_p, (c_void_p, c_char_p)),
    "llama_model_meta_val_str": (
        c_int32,
        (c_void_p, c_char_p, c_void_p, c_size_t),
    ),
    "llama_model_is_hybrid": (c_bool, (c_void_p,)),
    "llama_model_is_recurrent": (c_bool, (c_void_p,)),
    "llama_vocab_n_tokens": (c_int32, (c_void_p,)),
    "llama_vocab_bos": (c_int32, (c_void_p,)),
    "llama_vocab_eos": (c_int32, (c_void_p,)),
    "llama_vocab_get_add_bos": (c_bool, (c_void_p,)),
    "llama_vocab_get_text": (c_char_p, (c_void_p, c_int32)),
    "llama_vocab_is_eog": (c_bool, (c_void_p, c_int32)),
    "llama_token_to_piece": (
        c_int32,
        (c_void_p, c_int32, c_void_p, c_int32, c_int32, c_bool),
    ),
    "llama_set_adapters_lora": (c_int32, (c_void_p, c_void_p, c_size_t, c_void_p)),
    "llama_set_n_threads": (None, (c_void_p, c_int32, c_int32)),
    "llama_get_memory": (c_void_p, (c_void_p,)),
    "llama_memory_clear": (None, (c_void_p, c_bool)),
    "llama_memory_seq_rm": (c_bool, (c_void_p, c_int32, c_int32, c_int32)),
    "llama_state_seq_get_size": (c_size_t, (c_void_p, c_int32)),
    "llama_get_logits_ith": (c_void_p, (c_void_p, c_int32)),
    "llama_sampler_chain_init": (c_void_p, (ChainParams,)),
    "llama_sampler_chain_add": (None, (c_void_p, c_void_p)),
    "llama_sampler_free": (None, (c_void_p,)),
    "llama_sampler_init_top_k": (c_void_p, (c_int32,)),
    "llama_sampler_init_top_p": (c_void_p, (c_float, c_size_t)),
    "llama_sampler_init_min_p": (c_void_p, (c_float, c_size_t)),
    "llama_sampler_init_temp": (c_void_p, (c_float,)),
    "llama_sampler_init_dist": (c_void_p, (c_uint32,)),
    "llama_time_us": (c_int64, ()),
}
_OnLog = ctypes.CFUNCTYPE(None, c_int, c_char_p, c_void_p)


class Native:
    """The functions by name, with their signatures."""

    def __init__(self, path: Path) -> None:
        """Open the library.

        Raises:
            OSError: There is none at ``path``, or it cannot be loaded.
            AttributeError: It does not export what is needed.
        """
        self._errors: dict[int, list[str]] = {}
        self._on_log = _OnLog(self._log)  # kept: the library goes on calling it
        opened = ((ctypes.CDLL(str(path)), _LONG), (ctypes.PyDLL(str(path)), _SHORT))
        for library, signatures in opened:
            for name, (result, arguments) in signatures.items():
                function = getattr(library, name)
                function.restype, function.argtypes = result, arguments
                setattr(self, name.removeprefix("llama_"), function)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (set one by one above)
        raise AttributeError(name)

    def start(self) -> None:
        """Make the library ready; it then prints nothing."""
        self.log_set(ctypes.cast(self._on_log, c_void_p), None)
        self.backend_init()

    def layout_fault(self) -> str | None:
        """Name the first field that is not where it is expected, if any."""
        for found, expected in (
            (self.model_default_params(), _MODEL_DEFAULTS),
            (self.context_default_params(), _CONTEXT_DEFAULTS),
        ):
            empty = type(found)()
            for name, *_ in found._fields_:
                wanted = expected.get(name, getattr(empty, name))
                if getattr(found, name) != wanted:
                    return f"{type(found).__name__}.{name}"
        return None

    def take_errors(self) -> str:
        """Return what the library said of the last failure in this thread."""
        return " ".join(self._errors.pop(threading.get_ident(), ()))

    def _log(self, level: int, words: bytes | None, _: object) -> None:
        if level == _ERROR and words:
            said = self._errors.setdefault(threading.get_ident(), [])
            said.append(words.decode("utf-8", "replace").strip())
            del said[:-_KEPT_ERRORS]


@cache
def load_native() -> Native | None:
    """Return the C interface; ``None`` where it cannot be used, and the log why."""
    try:
        version = importlib.metadata.version("xllamacpp")
        spec = importlib.util.find_spec("xllamacpp")
        if version != VERSION or spec is None or spec.origin is None:
            logger.info("xllamacpp %s is not %s: no C interface", version, VERSION)
            return None
        native = Native(Path(spec.origin).parent / _LIBRARY)
    except (importlib.metadata.PackageNotFoundError, OSError, AttributeError) as error:
        logger.info("No C interface of llama.cpp: %s", error)
        return None
    fault = native.layout_fault()
    if fault:
        logger.warning("llama.cpp's %s is not as expected: no C interface", fault)
        return None
    native.start()
    return native
