"""The command line."""

import gc

from pydantic import BaseModel

# A start makes a quarter of a million objects that stay, and hardly any garbage: looking for it
# would take an eighth of the time. It begins when everything is loaded (``starting.settle``).
gc.set_threshold(400_000, 20, 20)
# FastAPI has models too. They are built when they are first used, as those of the API are.
BaseModel.model_config["defer_build"] = True
