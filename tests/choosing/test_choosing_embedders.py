import subprocess
import sys
import threading

import numpy as np
import pytest

from real_embedder import real_embedder
from songcut.choosing import embedders
from songcut.choosing.embedders import BundledTextEmbedder, SentenceTransformerEmbedder, check_weights
from songcut.errors import BackendError, MissingBackendError
from songcut.ports import Embedder

PICTURE = np.zeros((24, 40, 3), dtype=np.uint8)


def test_importing_and_making_an_embedder_loads_no_model():
    code = (
        "import sys\n"
        "from songcut.choosing.embedders import BundledTextEmbedder, SentenceTransformerEmbedder\n"
        "BundledTextEmbedder(), SentenceTransformerEmbedder().configure('x')\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_bundled_embedder_is_an_embedder():
    assert isinstance(BundledTextEmbedder(), Embedder)


def test_rows_are_unit_float32_and_likeness_follows_meaning():
    rows = real_embedder().embed_texts(["a boat on the sea", "a ship on the ocean", "a tax form"])
    assert rows.dtype == np.float32 and rows.shape == (3, 384)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert rows[0] @ rows[1] > 0.6 > rows[0] @ rows[2]


def test_no_texts_give_no_rows():
    assert real_embedder().embed_texts([]).shape == (0, 384)


def test_a_text_alone_and_in_a_batch_is_the_same():
    alone = real_embedder().embed_texts(["neon"])[0]
    batch = real_embedder().embed_texts(["neon", "a much longer sentence about a harbour before dawn", ""])[0]
    assert alone @ batch > 0.9999


def test_threads_share_one_model_and_get_what_one_thread_gets():
    texts = [f"a picture of {thing}" for thing in ("rain", "fire", "a horse", "a long empty road at night")]
    expected = [real_embedder().embed_texts([text])[0] for text in texts]
    got: dict[int, np.ndarray] = {}

    def work(index: int) -> None:
        got[index] = real_embedder().embed_texts([texts[index]])[0]

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.allclose(got[index], row, atol=1e-6) for index, row in enumerate(expected))


def test_a_text_model_refuses_pictures_and_says_what_to_do():
    with pytest.raises(BackendError, match=r"all-MiniLM-L6-v2 reads texts only; .*--embedder"):
        BundledTextEmbedder().embed_images([PICTURE])


def test_weights_that_are_not_the_official_ones_are_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"not a model")
    with pytest.raises(BackendError, match="not the official model"):
        check_weights(tmp_path / "model.safetensors", BundledTextEmbedder.revision)


def test_what_torch_raises_becomes_a_backend_error():
    class Broken:
        def encode(self, *_args, **_named):
            raise RuntimeError("out of memory")

    embedder = BundledTextEmbedder()
    embedder._loaded = embedders._Loaded(Broken())
    with pytest.raises(BackendError, match="could not embed texts: out of memory"):
        embedder.embed_texts(["rain"])


def test_a_folder_that_is_not_there_is_a_missing_backend(tmp_path):
    embedder = SentenceTransformerEmbedder()
    embedder.configure(str(tmp_path / "nothing"))
    with pytest.raises(MissingBackendError, match=r"there is no embedding model in .*nothing"):
        embedder.embed_texts(["rain"])


def test_a_folder_that_holds_no_model_is_a_backend_error(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    embedder = SentenceTransformerEmbedder()
    embedder.configure(str(tmp_path))
    with pytest.raises(BackendError, match="could not load"):
        embedder.embed_texts(["rain"])


def test_a_name_that_is_neither_here_nor_to_be_had_is_a_missing_backend(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(embedders, "_sentence_transformer", _not_found)
    embedder = SentenceTransformerEmbedder()
    embedder.configure("nobody/nothing")
    with pytest.raises(MissingBackendError, match=r"nobody/nothing is not on this machine .* give the folder"):
        embedder.embed_texts(["rain"])


def _not_found(*_args, **_named):
    raise OSError("no such model")


@pytest.fixture(scope="module", params=["clip", "siglip"])
def seer(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    _make_tiny_model(request.param, folder)
    embedder = SentenceTransformerEmbedder()
    embedder.configure(str(folder))
    return embedder


def test_an_image_text_model_from_a_folder_embeds_both(seer):
    assert seer.modalities == {"text", "image"}
    assert len(seer.revision) == 64
    texts = seer.embed_texts(["neon rain", "a sunny beach"])
    pictures = seer.embed_images([PICTURE, PICTURE + 200, np.zeros((3, 5, 3), dtype=np.uint8)])
    for rows in (texts, pictures):
        assert rows.dtype == np.float32
        assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert texts.shape[1] == pictures.shape[1]
    assert seer.embed_images([]).shape == (0, texts.shape[1])


def test_the_padding_trap_is_closed(seer):
    alone = seer.embed_texts(["neon"])[0]
    batch = seer.embed_texts(["neon", "a longer text that pads the shorter"])[0]
    assert alone @ batch > 0.9999


def test_a_picture_of_another_kind_is_refused(seer):
    with pytest.raises(ValueError, match="uint8 of shape"):
        seer.embed_images([np.zeros((24, 40), dtype=np.uint8)])


def test_configuring_again_forgets_the_model(seer, tmp_path):
    embedder = SentenceTransformerEmbedder()
    embedder.configure(seer.name)
    assert embedder.modalities == {"text", "image"}
    embedder.configure(str(tmp_path / "gone"))
    with pytest.raises(MissingBackendError):
        _ = embedder.modalities


def _make_tiny_model(kind, folder):
    """Build a tiny CLIP or SigLIP of random weights: its scores mean nothing, its shapes and paths are real."""
    import torch
    import transformers as tf

    tf.utils.logging.disable_progress_bar()
    torch.manual_seed(0)
    text = {
        "vocab_size": 43,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 1,
        "num_attention_heads": 4,
        "max_position_embeddings": 24,
        "bos_token_id": 0,
        "eos_token_id": 1,
        "pad_token_id": 3,
    }
    vision = {**{name: text[name] for name in list(text)[1:5]}, "image_size": 32, "patch_size": 8}
    square = {"height": 32, "width": 32}
    tokenizer = _letter_tokenizer(24)
    if kind == "clip":
        model = tf.CLIPModel(tf.CLIPConfig(text_config=text, vision_config=vision, projection_dim=16))
        images = tf.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=square)
        processor = tf.CLIPProcessor(images, tokenizer)
    else:
        text["projection_size"] = 32
        model = tf.SiglipModel(tf.SiglipConfig(text_config=text, vision_config=vision))
        processor = tf.SiglipProcessor(tf.SiglipImageProcessor(size=square), tokenizer)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def _letter_tokenizer(longest):
    from tokenizers import Tokenizer, models, normalizers, processors
    from transformers import PreTrainedTokenizerFast

    special = ["<start>", "<end>", "<unk>", "<pad>"]
    letters = [*"abcdefghijklmnopqrstuvwxyz0123456789 .,"]
    tokenizer = Tokenizer(
        models.BPE(vocab={each: i for i, each in enumerate(special + letters)}, merges=[], unk_token="<unk>")
    )
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<start> $A <end>", special_tokens=[("<start>", 0), ("<end>", 1)]
    )
    names = dict(zip(("bos_token", "eos_token", "unk_token", "pad_token"), special, strict=True))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=longest, **names)
