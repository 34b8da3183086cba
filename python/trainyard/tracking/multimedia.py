"""Pictures: making them of arrays, shrinking them to thumbnails, and ``trainyard.Image``."""

import io
import os
import warnings

# Longer side of the thumbnails that are stored next to pictures.
COMPRESSED_IMAGE_SIZE = 256


class Image:
    """A picture, for :func:`trainyard.log_image` and for the cells of :func:`trainyard.log_table`.

    Parameters
    ----------
    image
        A NumPy array (height, width) or (height, width, channels), nested lists of that shape, a PIL image, or the path
        of a file. Integers are pixel values from 0 to 255, floats from 0 to 1.
    """

    def __init__(self, image):
        import numpy

        pillow = import_pillow("mlflow.Image")
        if isinstance(image, (str, os.PathLike)):
            self.image = pillow.open(image)
        elif isinstance(image, (list, numpy.ndarray)):
            self.image = convert_to_pil_image(numpy.asarray(image))
        elif isinstance(image, pillow.Image):
            self.image = image
        else:
            raise TypeError(
                f"Unsupported image object type: {type(image)}. `image` must be one of numpy.ndarray, PIL.Image.Image, "
                "or a filepath to an image."
            )
        self.size = self.image.size

    def to_list(self):
        """Return the pixels, row by row, as a flat list: numbers, or a tuple of channels each."""
        array = self.to_array()
        if array.ndim == 2:
            return array.ravel().tolist()
        return [tuple(pixel) for pixel in array.reshape(-1, array.shape[2]).tolist()]

    def to_array(self):
        """Return the pixels as a NumPy array."""
        import numpy

        return numpy.array(self.image)

    def to_pil(self):
        """Return the PIL image."""
        return self.image

    def save(self, path):
        """Write the picture to a file, in the format that its suffix names."""
        self.image.save(path)

    def resize(self, size):
        """Return the picture in another size, (width, height)."""
        return Image(self.image.resize(size))


def import_pillow(what):
    """Return the module ``PIL.Image``, or say that ``what`` needs it."""
    try:
        import PIL.Image
    except ImportError as error:
        raise ImportError(f"`{what}` requires Pillow. Please install it via: `pip install Pillow`") from error
    return PIL.Image


def to_pil_image(image):
    """Return an array, a PIL image or an ``Image`` as a PIL image."""
    import numpy

    if isinstance(image, numpy.ndarray):
        return convert_to_pil_image(image)
    if isinstance(image, Image):
        return image.to_pil()
    if isinstance(image, import_pillow("log_image").Image):
        return image
    raise TypeError(
        f"Unsupported image object type: {type(image)}. `image` must be one of numpy.ndarray, PIL.Image.Image, and "
        "mlflow.Image."
    )


def convert_to_pil_image(array):
    """Return an array of pixels as a PIL image; refuses shapes and values that are no picture."""
    kinds = {"b": "bool", "i": "signed integer", "u": "unsigned integer", "f": "floating"}
    if array.dtype.kind not in kinds:
        raise TypeError(f"Invalid array data type: '{array.dtype}'. Must be one of {list(kinds.values())}")
    if array.ndim not in (2, 3) or not array.size:
        raise ValueError(f"`image` must be a 2D or 3D array but got image shape: {array.shape}")
    if array.ndim == 3 and array.shape[2] not in (1, 3, 4):
        raise ValueError(f"Invalid channel length: {array.shape[2]}. Must be one of [1, 3, 4]")
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    return import_pillow("log_image").fromarray(_bytes(array))


def compress_image_size(image, max_size=COMPRESSED_IMAGE_SIZE):
    """Return a PIL image scaled so that its longer side has ``max_size`` pixels."""
    width, height = image.size
    scale = max_size / max(width, height)
    if width > height:
        return image.resize((max_size, max(int(height * scale), 1)))
    return image.resize((max(int(width * scale), 1), max_size))


def encode(image, name):
    """Return a PIL image as the bytes of a file, in the format that the suffix of the name stands for."""
    suffix = os.path.splitext(name)[1].lower()
    formats = import_pillow("log_image").registered_extensions()
    if suffix not in formats:
        raise ValueError(f"unknown file extension: {suffix!r} of {name!r} names no picture format")
    buffer = io.BytesIO()
    image.save(buffer, format=formats[suffix])
    return buffer.getvalue()


def _bytes(array):
    """Return pixels as bytes."""
    import numpy

    low, high = array.min(), array.max()
    if array.dtype.kind in "iu":
        if low < 0 or high > 255:
            raise ValueError(
                f"Integer pixel values out of acceptable range [0, 255]. Found minimum value {low} and maximum value "
                f"{high}. Ensure all pixel values are within the specified range."
            )
        return array.astype(numpy.uint8)
    if low < 0 or high > 1:
        warnings.warn(
            f"Float pixel values out of acceptable range [0.0, 1.0]. Found minimum value {low} and maximum value "
            f"{high}. Rescaling values to [0.0, 1.0] with min/max scaler.",
            stacklevel=5,
        )
        array = (array - low) / (high - low) if high > low else numpy.zeros(array.shape)
    return (array * 255).astype(numpy.uint8)
