"""Stand-ins for Keras and Lightning, as far as their autologging knows them.

So its logic is tested where the frameworks are not installed; `test_keras_autologging.py` and
`test_pytorch_autologging.py` train with the real ones.
"""

import sys
import types
from importlib.machinery import ModuleSpec

MODULES = ("keras", "lightning", "lightning.pytorch", "lightning.pytorch.callbacks")
# Modules of ours that derive from classes of the frameworks.
DERIVED = ("trainyard.keras.callbacks",)


class Callback:
    """A callback that does nothing."""

    model = None


class EarlyStopping(Callback):
    """Has the settings that are recorded, and never stops."""

    monitor = "val_loss"
    mode = "min"
    patience = 1
    stopped_epoch = 0


class KerasModel:
    """Counts the batches that it is trained on; the loss of an epoch is one divided by their number until then."""

    def __init__(self):
        self.seen = []
        self.optimizer = types.SimpleNamespace(get_config=lambda: {"name": "sgd", "learning_rate": 0.1})

    def summary(self, print_fn):
        print_fn("a model")

    def fit(self, x=None, y=None, batch_size=None, epochs=1, verbose="auto", callbacks=None, validation_data=None):
        losses = []
        for callback in callbacks or []:
            callback.model = self
            callback.on_train_begin()
        for epoch in range(epochs):
            self.seen += list(x)
            losses.append(1 / len(self.seen))
            for callback in callbacks or []:
                callback.on_epoch_begin(epoch)
                callback.on_epoch_end(epoch, {"loss": losses[-1]})
        return types.SimpleNamespace(history={"loss": losses}, epoch=list(range(epochs)))


class Trainer:
    """A Lightning trainer of so many epochs."""

    is_global_zero = True
    sanity_checking = False
    checkpoint_callback = None
    optimizers = ()

    def __init__(self, max_epochs, callbacks=()):
        self.max_epochs = max_epochs
        self.callbacks = list(callbacks)
        self.callback_metrics = {}
        self.lightning_module = None

    def fit(self, module):
        self.lightning_module = module
        for callback in self.callbacks:
            if hasattr(callback, "on_train_start"):
                callback.on_train_start(self, module)
        for epoch in range(self.max_epochs):
            self.current_epoch = epoch
            self.callback_metrics = {"loss": 1 / (self.current_epoch + 1)}
            for callback in self.callbacks:
                if hasattr(callback, "on_train_epoch_end"):
                    callback.on_train_epoch_end(self, module)


class Module:
    """A module of PyTorch, as far as a recording touches it."""

    def register_forward_hook(self, hook):
        return types.SimpleNamespace(remove=lambda: None)

    register_step_post_hook = register_forward_hook

    def parameters(self):
        return []


def make():
    """Return the modules by name."""
    modules = {name: types.ModuleType(name) for name in MODULES}
    for name, module in modules.items():
        module.__spec__ = ModuleSpec(name, None)
    modules["keras"].Model = KerasModel
    modules["keras"].callbacks = types.SimpleNamespace(Callback=Callback, EarlyStopping=EarlyStopping)
    lightning = modules["lightning.pytorch"]
    # A class of its own for each test: it is patched.
    lightning.Trainer = type("Trainer", (Trainer,), {"__module__": "lightning.pytorch"})
    lightning.Callback = Callback
    lightning.callbacks = modules["lightning.pytorch.callbacks"]
    lightning.callbacks.EarlyStopping = EarlyStopping
    return modules


def install(monkeypatch):
    """Put the stand-ins in the place of the frameworks, and return what undoes the rest of it."""
    from trainyard.pytorch.callbacks import of_package

    for name in DERIVED:
        monkeypatch.delitem(sys.modules, name, raising=False)
    for name, module in make().items():
        monkeypatch.setitem(sys.modules, name, module)
    of_package.cache_clear()

    def undo():
        of_package.cache_clear()
        for name in DERIVED:
            sys.modules.pop(name, None)

    return undo
