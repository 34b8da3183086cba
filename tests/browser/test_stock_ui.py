"""MLflow's own web UI on our server: the pages for training show the store's data, and nothing on them fails."""

import json
from urllib.parse import quote

from conftest import RUNS

# In the order of time children are folded into their parents, every tenth run.
NEWEST = f"digits-{(RUNS - 1) // 10 * 10:03}"


def asked(**fields) -> str:
    """A query whose values are JSON, as the UI's pages have it."""
    return "&".join(f"{name}={quote(json.dumps(value))}" for name, value in fields.items())


RUN_NAMES = """() => [...document.querySelectorAll('.ag-root a[href*="/runs/"]')]
    .map(link => [link.getBoundingClientRect().top, link.innerText.trim()])
    .filter(([, text]) => text.startsWith('digits-') && !text.startsWith('digits-part'))
    .sort(([above], [below]) => above - below)
    .map(([, text]) => text)"""


def run_names(visit) -> list[str]:
    """The names in the table of runs, from top to bottom."""
    return visit.page.evaluate(RUN_NAMES)


def test_the_experiments_are_listed(visit):
    visit.open("/experiments")
    visit.see("digits", "Default")


def test_the_table_of_runs_is_ordered_by_a_metric(visit):
    order = f"orderByKey={quote('metrics.`accuracy`')}&orderByAsc=true"
    visit.open(f"/experiments/{visit.store.experiment_id}/runs?{order}")
    visit.see("digits-000")
    assert run_names(visit)[:3] == ["digits-000", "digits-001", "digits-002"]


def test_a_click_on_the_head_of_a_column_turns_the_order_around(visit):
    visit.open(f"/experiments/{visit.store.experiment_id}/runs")
    visit.see(NEWEST)
    assert run_names(visit)[0] == NEWEST
    visit.page.locator("[role=columnheader]").get_by_text("Created", exact=True).click()
    visit.page.wait_for_function(f"first => ({RUN_NAMES})()[0] === first", arg="digits-000")
    assert run_names(visit)[:3] == ["digits-000", "digits-010", "digits-020"]


def test_the_table_of_runs_is_filtered(visit):
    visit.open(f"/experiments/{visit.store.experiment_id}/runs")
    visit.see(NEWEST)
    box = visit.page.get_by_placeholder("metrics.rmse").first
    # The first of these runs is not that accurate.
    box.fill("params.layers = '1' AND metrics.accuracy > 0.5 AND attributes.run_name LIKE 'digits-0_0'")
    box.press("Enter")
    visit.page.get_by_text(NEWEST, exact=True).first.wait_for(state="hidden")
    visit.see("digits-020")
    assert run_names(visit) == [f"digits-{number:03}" for number in reversed(range(20, min(RUNS, 100), 20))]


def test_the_runs_of_an_experiment_have_charts(visit):
    visit.open(f"/experiments/{visit.store.experiment_id}/runs?compareRunsMode=CHART")
    visit.see("loss")
    visit.see_charts(2)


def test_a_run_shows_what_was_logged(visit):
    visit.open(f"/experiments/{visit.store.experiment_id}/runs/{visit.store.run_ids[0]}")
    visit.see("digits-000", "ada", "Finished", "learning_rate", "0.001", "validation", "digits-part-0 (00000000)")
    # These names may stand in one element with more.
    for name in ["digits-classifier", "digits-001"]:
        visit.page.get_by_text(name).locator("visible=true").first.wait_for()


def test_a_run_has_charts_of_its_metrics(visit):
    visit.open(f"/experiments/{visit.store.experiment_id}/runs/{visit.store.run_ids[0]}/model-metrics")
    visit.see("accuracy", "loss")
    visit.see_charts(2)


def test_a_run_has_charts_of_its_system(visit):
    visit.open(f"/experiments/{visit.store.experiment_id}/runs/{visit.store.run_ids[0]}/system-metrics")
    visit.see_charts(1)


def test_artifacts_are_listed_and_shown(visit):
    visit.open(f"/experiments/{visit.store.experiment_id}/runs/{visit.store.run_ids[0]}/artifacts")
    visit.page.get_by_text("report.txt", exact=True).click()
    visit.page.get_by_text("Seen 1797 digits.").wait_for()
    visit.page.get_by_text("plots", exact=True).click()
    visit.page.get_by_text("confusion.png", exact=True).click()
    visit.page.locator("img[src^='blob:'], img[src*='confusion.png'], .js-plotly-plot image").first.wait_for()
    visit.page.get_by_text("figure.html", exact=True).click()
    visit.page.frame_locator("iframe").get_by_text("drawn by a script").wait_for()
    visit.page.get_by_text("tables", exact=True).click()
    visit.page.get_by_text("errors.csv", exact=True).click()
    visit.page.get_by_text("errors", exact=True).last.wait_for()


def test_runs_are_compared(visit):
    query = asked(runs=visit.store.run_ids[:4], experiments=[visit.store.experiment_id])
    visit.open(f"/compare-runs?{query}")
    visit.see("Comparing 4 Runs from 1 Experiment", "digits-003", "learning_rate", "loss")
    visit.see_charts(1)
    visit.see("No common artifacts to display.")


def test_a_metric_has_a_page(visit):
    runs, key = visit.store.run_ids[:2], "accuracy"
    query = asked(runs=runs, metric=key, experiments=[visit.store.experiment_id], plot_metric_keys=[key])
    visit.open(f"/metric?{query}")
    visit.see_charts(1)


def test_logged_models_are_listed(visit):
    visit.open(f"/experiments/{visit.store.experiment_id}/models")
    visit.see("classifier", "Ready")


def test_a_logged_model_shows_its_metrics_and_files(visit):
    model = visit.store.models[0]
    visit.open(f"/experiments/{visit.store.experiment_id}/models/{model['model_id']}")
    visit.see(model["model_id"], "Ready", "validation", "learning_rate")
    visit.page.get_by_text("Artifacts", exact=True).locator("visible=true").first.click()
    visit.page.get_by_text("MLmodel", exact=True).first.click()
    visit.page.get_by_text("loader_module: digits").first.wait_for()


def test_registered_models_are_listed(visit):
    visit.open("/models")
    visit.see("digits-baseline", "digits-classifier", "digits-embedder")


def test_a_registered_model_shows_its_versions(visit):
    visit.open("/models/digits-classifier")
    visit.see("What digits-classifier is for.", "Version 1", "Made by digits-000.")


def test_a_model_version_shows_where_it_comes_from(visit):
    visit.open("/models/digits-classifier/versions/1")
    visit.see("Made by digits-000.", "digits-000", "classifier", "checked")
