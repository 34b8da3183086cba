"""Chromium in front of a server with MLflow's web UI and a store to look at.

`TRAINYARD_STOCK_PYTHON` has stock MLflow, whose UI is served and whose client fills the store. `TRAINYARD_CHROMIUM`
names the browser, if it is not `chromium` of the search path. `TRAINYARD_BROWSER_RUNS` is how many runs the store has,
`TRAINYARD_BROWSER_SHOTS` a folder for a picture of every page. `TRAINYARD_BROWSER_URL` names a server that has been
filled already.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import urllib.request

import pytest
from playwright.sync_api import sync_playwright

from target_server import REPOSITORY, TargetServer

STOCK_PYTHON = os.environ.get("TRAINYARD_STOCK_PYTHON", str(REPOSITORY / "target/venvs/mlflow-3.18/bin/python"))
RUNS = int(os.environ.get("TRAINYARD_BROWSER_RUNS", "500"))
SHOTS = os.environ.get("TRAINYARD_BROWSER_SHOTS")
# A machine that tests has other work too.
PATIENCE_MS = 60_000
# Offline, without the sandbox (a container's root has none to offer), and without calls home.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Store:
    """The filled server, and what is in it."""

    def __init__(self, url: str):
        self.url = url
        self.experiment_id = self.get("experiments/get-by-name?experiment_name=digits")["experiment"]["experiment_id"]
        search = {"experiment_ids": [self.experiment_id], "order_by": ["start_time"], "max_results": 50000}
        self.run_ids = [run["info"]["run_id"] for run in self.post("runs/search", search)["runs"]]
        models = self.post("logged-models/search", {"experiment_ids": [self.experiment_id]})["models"]
        self.models = [model["info"] for model in models]

    def get(self, path: str) -> dict:
        with urllib.request.urlopen(f"{self.url}/api/2.0/mlflow/{path}") as answer:
            return json.load(answer)

    def post(self, path: str, message: dict) -> dict:
        headers = {"Content-Type": "application/json"}
        body = json.dumps(message).encode()
        request = urllib.request.Request(f"{self.url}/api/2.0/mlflow/{path}", body, headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    if running := os.environ.get("TRAINYARD_BROWSER_URL"):
        yield Store(running)
        return
    settings = {"TRAINYARD_PYTHON": STOCK_PYTHON}
    server = TargetServer(tmp_path_factory.mktemp("server"), settings, ["--ui", "mlflow"])
    seed = [STOCK_PYTHON, str(REPOSITORY / "tests/conformance/seed_store.py"), server.url, "--runs", str(RUNS)]
    try:
        quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true"}
        subprocess.run(seed, check=True, stdout=subprocess.DEVNULL, env=os.environ | quiet)
        yield Store(server.url)
    finally:
        server.stop()


@pytest.fixture(scope="session")
def browser():
    """One browser with one cache, which forgets between pages what the UI has stored of the pages before."""
    program = os.environ.get("TRAINYARD_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.exit("there is no chromium: install it (Debian: `apt install chromium`) or set TRAINYARD_CHROMIUM", 2)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        context = browser.new_context(viewport={"width": 1600, "height": 1000})
        context.add_init_script("if (window === window.top) { localStorage.clear(); sessionStorage.clear(); }")
        yield context
        browser.close()


class Visit:
    """A page of the UI, and everything that goes wrong on it."""

    def __init__(self, page, store: Store):
        self.page, self.store = page, store
        self.faults: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("response", self._look_at_answer)
        page.on("requestfailed", self._look_at_failure)
        page.on("console", self._look_at_message)
        page.on("pageerror", lambda error: self.faults.append(f"exception: {error}"))

    def open(self, path: str) -> None:
        """Opens what is behind `/#`, as somebody who has it as a bookmark."""
        self.page.goto(f"{self.store.url}/#{path}", wait_until="domcontentloaded")

    def see(self, *texts: str) -> None:
        for text in texts:
            self.page.get_by_text(text, exact=True).locator("visible=true").first.wait_for()

    def see_charts(self, count: int) -> None:
        """Waits until so many charts have drawn something."""
        drawn = ".js-plotly-plot .main-svg .trace, .js-plotly-plot .parcoords"
        self.page.locator(drawn).nth(count - 1).wait_for(state="attached")

    def _look_at_answer(self, answer) -> None:
        if answer.status >= 400:
            self.faults.append(f"{answer.status} {answer.request.method} {answer.url}")

    def _look_at_failure(self, request) -> None:
        # The page gives up what it no longer needs.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"{request.failure} {request.method} {request.url}")

    def _look_at_message(self, message) -> None:
        # What browsers say of a layout that takes two frames.
        if message.type == "error" and "ResizeObserver loop" not in message.text:
            self.faults.append(f"console: {message.text}")


@pytest.fixture
def visit(browser, store, request):
    """A page of the browser. What it shows when the test ends is without an error."""
    visit = Visit(browser.new_page(), store)
    yield visit
    # What the page asks for once it is drawn.
    visit.page.wait_for_timeout(500)
    if SHOTS:
        pathlib.Path(SHOTS).mkdir(parents=True, exist_ok=True)
        visit.page.screenshot(path=pathlib.Path(SHOTS) / f"{request.node.name}.png")
    alerts = [re.sub(r"\s+", " ", text) for text in visit.page.locator("[role=alert]:visible").all_inner_texts()]
    visit.page.close()
    assert visit.faults + [f"shown: {text}" for text in alerts if text.strip()] == []
