"""The transformer that readers can download: its gradients, its mask, what it was trained on, and that the page shows what was found."""

import json
import re

import numpy as np
import pytest
from lxml import html

from book import transformer
from book.transformer import SETTINGS, by_counting, program, results

MODEL = program()


def small(seed=1, layers=2):
    """Return parameters that are all drawn at random, and two texts."""
    rng = np.random.default_rng(seed)
    P = MODEL.start(5, 8, 3, layers, rng)
    P = {name: W + 0.1 * rng.normal(size=W.shape) for name, W in P.items()}
    return P, *rng.integers(0, 5, size=(2, 2, 4))


def loss(P, ids, labels, heads=2):
    Z, _ = MODEL.forward(P, ids, heads)
    return MODEL.cross_entropy(Z, labels.ravel())[0]


def apart(P, G, ids, labels):
    """Return how far each gradient is from four-point differences."""
    gaps = {}
    for name, W in P.items():
        right = np.zeros_like(W)
        for at in np.ndindex(W.shape):
            J = []
            for step in (-2, -1, 1, 2):
                moved = {**P, name: W.copy()}
                moved[name][at] += 1e-3 * step
                J.append(loss(moved, ids, labels))
            right[at] = (J[0] - 8 * J[1] + 8 * J[2] - J[3]) / 12e-3
        gaps[name] = np.max(np.abs(G[name] - right))
    return gaps


def test_every_gradient_is_the_derivative():
    P, ids, labels = small()
    _, G = MODEL.loss_and_gradients(P, ids, labels, 2)
    assert G.keys() == P.keys()
    assert max(apart(P, G, ids, labels).values()) < 1e-8


def test_a_rotation_the_wrong_way_back_is_seen_and_where_the_page_says(monkeypatch):
    P, ids, labels = small(layers=1)
    monkeypatch.setattr(MODEL, "rope_back", MODEL.rope)
    _, G = MODEL.loss_and_gradients(P, ids, labels, 2)
    wrong = {name for name, gap in apart(P, G, ids, labels).items() if gap > 1e-8}
    assert wrong == {"W_q 0", "W_k 0", "g_1 0", "E"}


def test_all_parameters_of_a_small_model_are_within_rounding_of_the_complex_step():
    entries, worst = transformer.gap()
    assert entries == sum(W.size for W in MODEL.start(5, 4, 3, 2, np.random.default_rng(0)).values())
    assert worst < 1e-14


def test_no_score_depends_on_a_later_character_and_every_score_on_the_first():
    P, ids, _ = small()
    Z = MODEL.forward(P, ids, 2)[0].reshape(2, 4, 5)
    for place in range(4):
        other = ids.copy()
        other[:, place] = (ids[:, place] + 1) % 5
        moved = np.abs(MODEL.forward(P, other, 2)[0].reshape(2, 4, 5) - Z).max(axis=(0, 2)) > 1e-6
        assert moved.tolist() == [i >= place for i in range(4)]


def test_a_shift_of_all_positions_changes_nothing():
    """Rotary embedding: scores depend on how far a key is from a query."""
    rng = np.random.default_rng(0)
    Q, K = rng.normal(size=(2, 4, 6))
    angles = np.arange(4)[:, None] * 10000.0 ** (-2 * np.arange(3) / 6)
    near, far = (
        MODEL.rope(Q, angles + by * angles[1]) @ MODEL.rope(K, angles + by * angles[1]).T for by in (0, 7)
    )
    np.testing.assert_allclose(near, far, atol=1e-12)


def test_training_lowers_the_loss_and_is_repeated_to_the_last_bit():
    data = np.tile([0, 1, 2, 3, 1], 40)
    runs = []
    for _ in range(2):
        P = MODEL.start(4, 8, 6, 1, np.random.default_rng(0))
        runs.append([J for _, J in MODEL.train(P, data, 150, 4, 8, 2, 0.01, np.random.default_rng(1))])
    assert runs[0] == runs[1]
    assert runs[0][-1] < 0.5 * runs[0][0]
    assert MODEL.bits(P, data, 8, 2) < 1
    text = MODEL.sample(P, [0, 1], 5, 8, 2, np.random.default_rng(0))
    assert text[:2] == [0, 1]
    assert len(text) == 7


def test_counting_is_what_it_says():
    assert by_counting([0, 0, 0, 1], [0, 0], 0, 2) == pytest.approx(-np.log2((3 + 2 * 0.5) / 6))
    alternating = [0, 1] * 50
    assert by_counting(alternating, alternating, 1, 2) < 0.1 < by_counting(alternating, alternating, 0, 2)


def test_the_text_has_the_size_that_the_page_says():
    characters, known, new = transformer.split()
    assert len(known) + len(new) == transformer.TEXT.stat().st_size < 200_000
    assert [len(characters), len(known), len(new)] == results()["characters"]


@pytest.mark.parametrize("part", ["settings", "hashes"])
def test_a_change_without_a_new_run_stops_the_build(part, monkeypatch, tmp_path):
    changed = {**results(), part: {**results()[part], "steps": 1}}
    (tmp_path / "other.json").write_text(json.dumps(changed))
    monkeypatch.setattr(transformer, "FILE", tmp_path / "other.json")
    with pytest.raises(ValueError, match=f"made with other {part}: run `python -m book.transformer` again"):
        results.__wrapped__()


def test_what_the_page_says_about_the_run_in_words_is_true():
    found = results()
    assert found["parameters"] == 146_560
    assert found["seconds"] < 600
    (step, other), best = found["other_text"][-1], min(found["by_counting"])
    assert step == SETTINGS["steps"]
    assert other < best < found["by_counting"][0] < np.log2(found["characters"][0])
    assert found["known_text"] < other - 0.3  # it has learned part of it by heart
    assert [step for step, _ in found["samples"]] == [0, 200, SETTINGS["steps"]]
    assert all(len(text) == 312 and text.startswith("The Rays of ") for _, text in found["samples"])


def test_the_step_of_the_page_has_the_rows_that_the_text_names():
    step = transformer.step_of_the_page()
    np.testing.assert_allclose(step["A"], [[1, 0, 0], [0.75, 0.25, 0], [0.2, 0.6, 0.2]])
    np.testing.assert_allclose(step["C"][1], [1.5, 0.5])
    np.testing.assert_allclose(step["S_bar"].sum(axis=1), 0, atol=1e-15)
    assert not step["S_bar"][0].any()
    np.testing.assert_allclose(step["bars"]["W_k"][0], 0, atol=1e-15)
    assert np.abs(step["E_bar"][3]).min() > 1e-3


def test_the_page_offers_the_program_and_the_text(site):
    page = html.fromstring((site / "transformer" / "index.html").read_bytes())
    for path in (transformer.PROGRAM, transformer.TEXT):
        assert page.xpath(f"//a[@href='../assets/{path.name}']")
        assert (site / "assets" / path.name).read_bytes() == path.read_bytes()
    shown = "".join(page.text_content().split())
    for _, text in results()["samples"]:
        assert "".join(text.split()) in shown
    assert re.search(r"defattend_back\(.*returnR_bar,R\.T@Q_bar", shown)
