"""Every noun to and from disk: safetensors + JSON, hashed, atomic; RUN folders, models, and a cache of stages."""

from dance_xai.artifacts.cache import StageCache
from dance_xai.artifacts.fingerprint import code_fingerprint, fingerprint
from dance_xai.artifacts.parts import load_noun, save_noun
from dance_xai.artifacts.plain import plain
from dance_xai.artifacts.pretrained import load_model, push_model, save_model
from dance_xai.artifacts.run import Run, RunWriter, read_run, update_parts, update_run, write_run
from dance_xai.artifacts.writing import check_place, write_file

__all__ = [
    "Run",
    "RunWriter",
    "StageCache",
    "check_place",
    "code_fingerprint",
    "fingerprint",
    "load_model",
    "load_noun",
    "plain",
    "push_model",
    "read_run",
    "save_model",
    "save_noun",
    "update_parts",
    "update_run",
    "write_file",
    "write_run",
]
