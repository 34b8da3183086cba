"""Some rows of the training data, kept before training, to make signatures and examples of autologged models of."""

import copy

from trainyard.notices import warn

_ROWS = 5


class Sample:
    """The first rows of training data, or the reason why there are none."""

    def __init__(self, rows=None, reason=None):
        self.rows = rows
        self.reason = reason

    @classmethod
    def of(cls, data):
        """Take a copy of the first rows, which training cannot change any more."""
        if data is None:
            return cls(reason="there is no data")
        if isinstance(data, str):
            return cls(reason="the data is read from a file")
        try:
            return cls(copy.deepcopy(data[:_ROWS]))
        except Exception as error:
            return cls(reason=f"{type(data).__name__}: {error}")


# For data that was made before autologging was switched on.
MISSED = Sample(reason="the data was made before autologging was enabled: call autolog() first")


def infer_sample_signature(sample, predict, options):
    """Return the input example and the signature that a model is to be logged with.

    Parameters
    ----------
    sample
        The rows.
    predict
        What the model answers to rows.
    options
        ``log_input_examples`` and ``log_model_signatures`` decide what is returned; the signature is ``False`` where
        none is wanted, so that none is inferred from the example either.
    """
    from trainyard.models.signature import infer_signature

    wants_example, wants_signature = options["log_input_examples"], options["log_model_signatures"]
    if not wants_example and not wants_signature:
        return None, None
    if sample.rows is None:
        wanted = " and ".join(["input example"] * wants_example + ["signature"] * wants_signature)
        warn(f"autologging logs the model without {wanted}: {sample.reason}")
        return None, None
    signature = False
    if wants_signature:
        try:
            signature = infer_signature(sample.rows, predict(copy.deepcopy(sample.rows)))
        except Exception as error:
            warn(f"autologging could not infer the model's signature: {error}")
    return (sample.rows if wants_example else None), signature
