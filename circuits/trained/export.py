"""Export the model under the names that TransformerLens uses."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import numpy as np

from circuits.shapes import FloatArray
from circuits.trained.model import D_HEAD, D_MODEL, LENGTH, Model, list_layer

LENS_CONFIGURATION: MappingProxyType[str, Any] = MappingProxyType(
    {
        "n_layers": 2,
        "n_heads": 2,
        "d_model": D_MODEL,
        "d_head": D_HEAD,
        "n_ctx": LENGTH,
        "d_vocab": LENGTH + 1,
        "attn_only": True,
        "normalization_type": None,
        "positional_embedding_type": "shortformer",
        "use_attn_scale": False,
    }
)
"""Arguments of ``HookedTransformerConfig``.

"shortformer" gives positions to queries and keys alone, as this model does, and no scale divides
the scores.
"""


def export_state(model: Model) -> dict[str, FloatArray]:
    """Return the weights as a plain state dict of TransformerLens.

    There a stream is a row that is multiplied from the left, so ``W_Q`` of a layer has the shape
    ``(heads, d_model, d_head)``. Biases, of which the model has none, are zeros. With PyTorch and
    TransformerLens installed::

        lens = HookedTransformer(HookedTransformerConfig(**LENS_CONFIGURATION)).double()
        tensors = {name: torch.tensor(array) for name, array in export_state(model).items()}
        lens.load_state_dict(tensors, strict=False)
    """
    state: dict[str, Any] = {
        "embed.W_E": model.W_E.T,
        "pos_embed.W_pos": model.positions,
        "unembed.W_U": model.W_U.T,
        "unembed.b_U": np.zeros(len(model.W_U)),
    }
    for layer in "01":
        heads = [model.heads[name] for name in list_layer(layer)]
        at = f"blocks.{layer}.attn"
        state |= {
            f"{at}.W_Q": np.stack([head.W_Q.T for head in heads]),
            f"{at}.W_K": np.stack([head.W_K.T for head in heads]),
            f"{at}.W_V": np.stack([head.W_V.T for head in heads]),
            f"{at}.W_O": np.stack([head.W_out.T for head in heads]),
            f"{at}.b_O": np.zeros(D_MODEL),
        }
        state |= {f"{at}.b_{name}": np.zeros((len(heads), D_HEAD)) for name in "QKV"}
    return {name: np.ascontiguousarray(array, np.float64) for name, array in state.items()}
