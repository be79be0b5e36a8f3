"""The data sets of the course: what they are called, and where their files can be had.

Hosts die, so a file has several addresses where several are known; sizes and SHA-256 tell
whether what arrives is the file. TensorFlow Datasets brings its own addresses, sizes and hashes;
`MIRRORS` adds to them.
"""

from course_utils.datasets.download import RemoteFile

TITLES = {
    "mnist": "MNIST",
    "fashion_mnist": "Fashion-MNIST",
    "malaria": "Malaria cell images",
    "cats_vs_dogs": "Cats and dogs",
}

STANDIN_TITLES = {
    "mnist": "scikit-learn's digits, a stand-in for MNIST",
    "fashion_mnist": "generated garments, a stand-in for Fashion-MNIST",
    "malaria": "generated blood cells, a stand-in for the malaria images",
    "cats_vs_dogs": "generated pets, a stand-in for cats and dogs",
}

# Drawn by the course, under every policy; they stand in for nothing.
GENERATED = {"blood_smears": "generated blood smears"}

_KERAS_HOST = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_FASHION_HOSTS = (
    _KERAS_HOST,
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
)

# What keras.datasets downloads: {data set: {folder under keras/datasets: files}}.
ARRAY_FILES = {
    "mnist": (
        "",
        [
            RemoteFile(
                [_KERAS_HOST + "mnist.npz"],
                11_490_434,
                "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
            )
        ],
    ),
    "fashion_mnist": (
        "fashion-mnist",
        [
            RemoteFile([host + name for host in _FASHION_HOSTS], size, sha256)
            for name, size, sha256 in (
                (
                    "train-labels-idx1-ubyte.gz",
                    29_515,
                    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                ),
                (
                    "train-images-idx3-ubyte.gz",
                    26_421_880,
                    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                ),
                (
                    "t10k-labels-idx1-ubyte.gz",
                    5_148,
                    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                ),
                (
                    "t10k-images-idx3-ubyte.gz",
                    4_422_102,
                    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                ),
            )
        ],
    ),
}

# CRC-32 of the values of x_train, y_train, x_test and y_test, whatever file they came in.
ARRAY_SUMS = {
    "mnist": (4083391318, 3121080559, 3838467927, 4001760473),
    "fashion_mnist": (2925911245, 785835114, 309494841, 606848831),
}

# Further addresses for files that TensorFlow Datasets downloads: {start of its URL: others}.
MIRRORS = {
    "https://storage.googleapis.com/cvdf-datasets/mnist/": [
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ],
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/": [
        _KERAS_HOST,
        _FASHION_HOSTS[2],
    ],
    "https://data.lhncbc.nlm.nih.gov/public/Malaria/": [
        "https://ceb.nlm.nih.gov/proj/malaria/",
    ],
}


def addresses(url: str) -> list[str]:
    """Return `url` and its mirrors, in the order in which they are tried."""
    for start, others in MIRRORS.items():
        if url.startswith(start):
            return [url, *(other + url.removeprefix(start) for other in others)]
    return [url]
