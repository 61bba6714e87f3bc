"""The cells of a notebook: two of them train, and end with an exception."""

from __future__ import annotations

import sys

from IPython.core.interactiveshell import InteractiveShell

CELLS = (
    f"""
import sys; sys.path.insert(0, {sys.path[0]!r})
import with_transformers as script
from transformers import TrainerCallback
from tb_trainmon.logger.transformers import TrainMonCallback
class Raises(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == 3:
            raise self.error
raises = Raises()
trainer = script.trainer({sys.argv[1]!r}, {{}}, [raises, TrainMonCallback()])
""",
    "raises.error = KeyboardInterrupt(); trainer.train()",
    "raises.error = ValueError('no'); trainer.train()",
    "1 + 1",
)

shell = InteractiveShell.instance()
results = [shell.run_cell(cell) for cell in CELLS]
assert [result.success for result in results] == [True, False, False, True]
