"""What a writer for TensorBoard's hparams plugin stored about a run.

It stands in the metadata of a value whose tag says what it is; the value itself is empty. Source:
``tensorboard/plugins/hparams/plugin_data.proto`` and ``metadata.py`` beside it.
"""

from __future__ import annotations

import json
from typing import Any

from google.protobuf.message import DecodeError
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

from tb_trainmon.event_files.batch import HyperParameter

SESSION_START_TAG = "_hparams_/session_start_info"


def hyperparameters(content: bytes) -> dict[str, HyperParameter] | None:
    """The hyper-parameters in the plugin data ``content`` of a session start; None: not valid.

    A list or a dictionary, which the writers of today do not store, comes as its JSON text.
    """
    try:
        data = HParamsPluginData.FromString(content)
    except DecodeError:
        return None
    if not data.HasField("session_start_info"):
        return None
    stored = data.session_start_info.hparams
    return {name: _plain(stored[name]) for name in sorted(stored)}


def _plain(value: Any) -> HyperParameter:
    plain = _nested(value)
    return json.dumps(plain) if isinstance(plain, (list, dict)) else plain


def _nested(value: Any) -> Any:
    kind: str | None = value.WhichOneof("kind")
    if kind is None or kind == "null_value":
        return None
    if kind == "list_value":
        return [_nested(item) for item in value.list_value.values]
    if kind == "struct_value":
        fields = value.struct_value.fields
        return {name: _nested(fields[name]) for name in sorted(fields)}
    return getattr(value, kind)
