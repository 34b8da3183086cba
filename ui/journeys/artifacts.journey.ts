/** Files of a run: a preview of each kind, and strangers' files that run nothing. */
import type { Page } from "@playwright/test";

import { PDF, png, wav } from "./files";
import { seedRun, type SeededRun } from "./models-seed";
import { expect, type Server, test } from "./server";

// Three rows (id, name, score), compressed with Snappy.
const PARQUET =
  "UEFSMRUEFTAVLEwVBhUAEgAAGAAADQE8AQAAAAAAAAACAAAAAAAAABUAFRQVGCwVBhUQFQYVBhwAAAAKJAIAAAAGAQIDJAAVBBU+FUJMFQYVABIAAB94AwAAAGFkYQUAAABncmFjZQsAAAA8Yj5hbGFuPC9iPhUAFRQVGCwVBhUQFQYVBhwAAAAKJAIAAAAGAQIDJAAVBBUgFSRMFQQVABIAABA8AAAAAAAA4D8AAAAAAADQPxUAFRIVFiwVBhUQFQYVBhwAAAAJIAIAAAADAwEDAhUEGUw1ABgGc2NoZW1hFQYAFQQlAhgCaWQAFQwlAhgEbmFtZSUATBwAAAAVCiUCGAVzY29yZQAWBhkcGTwmABwVBBk1AAYQGRgCaWQVAhYGFoYBFoYBJlAmCCksFQQVABUCABUAFRAVAgA8KQYZJgAGAAAAJgAcFQwZNQAGEBkYBG5hbWUVAhYGFpQBFpwBJuwBJo4BKSwVBBUAFQIAFQAVEBUCADwWJhkGGSYABgAAACYAHBUKGTUABhAZGAVzY29yZRUCFgYWdBZ8JuoCJqoCKSwVBBUAFQIAFQAVEBUCADwpBhkmAgQAAAAWjgMWBiYIFp4DACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNi4wLjEZPBwAABwAABwAAAAkAQAAUEFSMQ==";

async function open(page: Page, run: SeededRun, path: string): Promise<void> {
  const address = path.split("/").map(encodeURIComponent).join("/");
  await page.goto(`/runs/${run.runId}/artifacts/${address}`);
}

function preview(page: Page) {
  return page.getByRole("region", { name: "Preview" });
}

test("each kind of file has its preview", async ({ page, server, problems }) => {
  const run = await seedRun(server, "files");
  const log = Array.from({ length: 9000 }, (_, at) => `line ${String(at)} of a log that is longer than one part`);
  await server.upload(run.root, "logs/train.log", log.join("\n"));
  await server.upload(run.root, "settings.json", '{"layers": [{"units": 64}], "lr": 0.001}');
  await server.upload(run.root, "errors.csv", 'digit,"what, exactly"\n8,"looks like ""3"""\n1,line\n');
  await server.upload(run.root, "scores.parquet", new Uint8Array(Buffer.from(PARQUET, "base64")));
  await server.upload(run.root, "table.json", '{"columns": ["text", "score"], "data": [["good", 0.9], ["bad", 0.1]]}');
  await server.upload(
    run.root,
    "README.md",
    "# Report\n\n![a plot](plots/grey.png) with **numbers**\n\n|a|b|\n|-|-|\n|1|2|\n",
  );
  await server.upload(run.root, "plots/grey.png", png(40, 30, 120));
  for (const step of [0, 10, 20]) {
    const name = `images/samples~made+step+${String(step)}+timestamp+170000000000${String(step / 10)}+a-b`;
    await server.upload(run.root, `${name}.png`, png(20, 20, step * 10));
  }
  await server.upload(
    run.root,
    "report.html",
    "<!doctype html><h1>Page</h1><p id=x>-</p><script>x.textContent = 'drawn'</script>",
  );
  await server.upload(run.root, "paper.pdf", PDF);
  await server.upload(run.root, "tone.wav", wav());
  await server.upload(run.root, "weights.bin", new Uint8Array([0, 1, 2, 3]));
  await server.upload(run.root, "notes", "no ending, but text");
  await server.upload(run.root, "nothing.txt", "");

  await page.goto(`/runs/${run.runId}/artifacts`);
  const tree = page.getByRole("tree", { name: "Files" });
  await tree.getByRole("treeitem", { name: "images" }).focus();
  await page.keyboard.press("ArrowDown");
  await expect(tree.getByRole("treeitem", { name: "logs" })).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(tree.getByRole("treeitem", { name: "train.log" })).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(tree.getByRole("treeitem", { name: "train.log" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(preview(page)).toContainText("line 0 of a log");
  await expect(preview(page)).not.toContainText("line 8999");
  await page.getByRole("button", { name: "Load more" }).click();
  await expect(preview(page)).toContainText("line 8999 of a log");

  await open(page, run, "settings.json");
  await page.getByRole("button", { name: "layers:" }).click();
  await page.getByRole("button", { name: "0:" }).click();
  await expect(preview(page)).toContainText("units:64");

  await open(page, run, "errors.csv");
  await expect(page.getByRole("columnheader", { name: "what, exactly" })).toBeVisible();
  await expect(page.getByRole("cell", { name: 'looks like "3"' })).toBeVisible();

  await open(page, run, "scores.parquet");
  await expect(page.getByRole("cell", { name: "<b>alan</b>" })).toBeVisible();
  await expect(page.getByText("3 rows, 3 columns")).toBeVisible();

  await open(page, run, "table.json");
  await expect(page.getByRole("columnheader", { name: "score" })).toBeVisible();
  await expect(page.getByRole("cell", { name: "good" })).toBeVisible();

  await open(page, run, "README.md");
  await expect(preview(page).getByRole("heading", { name: "Report" })).toBeVisible();
  await expect(preview(page).getByRole("cell", { name: "2" })).toBeVisible();
  await expectDrawn(page, "a plot", 40);

  await open(page, run, "plots/grey.png");
  await expect(page.getByText("40 × 30 pixels")).toBeVisible();

  await open(page, run, "images");
  await expect(page.getByRole("figure", { name: "Pictures of samples/made" })).toContainText("step 20");
  await page.getByRole("button", { name: "Step before" }).click();
  await expectDrawn(page, "samples/made at step 10", 20);

  await open(page, run, "report.html");
  await expect(page.frameLocator(".preview-page").getByRole("heading", { name: "Page" })).toBeVisible();
  await page.getByRole("button", { name: "Run its scripts" }).click();
  await expect(page.frameLocator(".preview-page").getByText("drawn")).toBeVisible();
  refused(problems);

  await open(page, run, "paper.pdf");
  await expect(page.locator('iframe[title="paper.pdf"]')).toBeVisible();

  await open(page, run, "tone.wav");
  await expect
    .poll(() => page.locator("audio").evaluate((element: HTMLAudioElement) => element.duration))
    .toBeCloseTo(0.5, 1);

  const film = await recordFilm(page);
  await server.upload(run.root, "film.webm", film);
  await open(page, run, "film.webm");
  await expect.poll(() => page.locator("video").evaluate((element: HTMLVideoElement) => element.videoWidth)).toBe(32);

  await open(page, run, "weights.bin");
  await expect(page.getByText("No preview for this kind of file")).toBeVisible();
  await open(page, run, "notes");
  await expect(preview(page)).toContainText("no ending, but text");
  await open(page, run, "nothing.txt");
  await expect(page.getByText("The file is empty.")).toBeVisible();
  await open(page, run, "plots/absent.png");
  await expect(page.getByText("There is no such file")).toBeVisible();
});

async function expectDrawn(page: Page, alt: string, width: number): Promise<void> {
  const picture = page.getByRole("img", { name: alt });
  await expect.poll(() => picture.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBe(width);
}

/** A short film, made by the browser itself. */
async function recordFilm(page: Page): Promise<Uint8Array<ArrayBuffer>> {
  const numbers = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    canvas.width = 32;
    canvas.height = 32;
    const context = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
    const parts: Blob[] = [];
    recorder.ondataavailable = (event) => parts.push(event.data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    for (let frame = 0; frame < 10; frame += 1) {
      context?.fillRect(frame, frame, 4, 4);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    recorder.stop();
    await stopped;
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  return new Uint8Array(numbers);
}

const MARKUP = "<img src=x onerror=window.top.pwned=1>";

test("names, Markdown and HTML of strangers run nothing", async ({ page, server, problems }) => {
  // What the browser itself keeps back never comes here.
  const reached: string[] = [];
  page.on("dialog", (dialog) => {
    throw new Error(`a dialog was opened: ${dialog.message()}`);
  });
  const pixel = { contentType: "image/png", body: Buffer.from(png(1, 1, 0)) };
  await page.route("https://evil.example/**", (route) => {
    reached.push(route.request().url());
    return route.fulfill(pixel);
  });
  const run = await seedRun(server, MARKUP);
  await seedHostile(server, run);
  const unharmed = async () => {
    expect(await page.evaluate(() => "pwned" in window)).toBe(false);
    expect(new URL(page.url()).origin).toBe(server.url);
    expect(page.context().pages()).toHaveLength(1);
    expect(reached).toEqual([]);
  };

  await page.goto(`/runs/${run.runId}/artifacts`);
  await expect(page.getByRole("treeitem", { name: MARKUP })).toBeVisible();
  await page.getByRole("treeitem", { name: MARKUP }).click();
  await expect(preview(page)).toContainText("harmless");
  await unharmed();

  await open(page, run, "README.md");
  await expect(preview(page)).toContainText("<script>window.top.pwned=1</script>");
  await expect(preview(page).getByRole("link", { name: "bad" })).toHaveCount(0);
  await expect(preview(page).getByRole("img")).toHaveCount(0);
  await unharmed();

  await open(page, run, "page.html");
  const frame = page.frameLocator(".preview-page");
  // At first it stands still: what it says is there, no script has written into it, and nobody else was asked for anything.
  await expect(frame.getByText("nothing has run")).toBeVisible();
  await expect(page.getByText("Shown without scripts.")).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expect(frame.getByText("nothing has run")).toBeVisible();
  await unharmed();
  await page.getByRole("button", { name: "Run its scripts" }).click();
  // Scripts of the page run, in an origin of its own: they reach neither the page around it nor the server.
  await expect(frame.getByText("outside: no, server: no, store: no")).toBeVisible();
  // What it loads from elsewhere it may load now; it still opens nothing and leads nowhere.
  await expect.poll(() => reached).toContain("https://evil.example/x.png");
  reached.length = 0;
  await unharmed();
  await page.getByRole("treeitem", { name: "other.html" }).click();
  await expect(frame.getByText("still here")).toBeVisible();
  await expect(page.getByRole("button", { name: "Run its scripts" })).toBeVisible();
  await unharmed();

  await open(page, run, "picture.svg");
  await expect(page.getByText("20 × 10 pixels")).toBeVisible();
  await unharmed();

  await page.goto(`/models/${encodeURIComponent(MARKUP)}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(MARKUP);
  await expect(page.getByText("<b>text</b>")).toBeVisible();
  await unharmed();
  refused(problems);
});

test("a page that is opened by itself is in a sandbox too", async ({ page, server, problems }) => {
  const run = await seedRun(server, "files");
  await seedHostile(server, run);
  await page.goto(`/get-artifact?run_id=${run.runId}&path=page.html&inline=scripts`);
  await expect(page.getByText("server: no, store: no")).toBeVisible();
  refused(problems);
});

/** Takes out what the browser says of what it has kept pages of strangers from: there is nothing else. */
function refused(problems: string[]): void {
  const told =
    /^(Blocked (opening|script)|Unsafe attempt|Connecting to|Fetch API cannot load|Refused to|Loading the image|Executing inline)/;
  expect(problems.splice(0).filter((problem) => !told.test(problem))).toEqual([]);
}

async function seedHostile(server: Server, run: SeededRun): Promise<void> {
  const markdown = [
    "<script>window.top.pwned=1</script>",
    "[bad](javascript:window.top.pwned=1)",
    "![far](https://evil.example/pixel.png)",
    "<iframe src=https://evil.example></iframe>",
  ];
  const html = `<!doctype html><p id=out>nothing has run</p><img src="https://evil.example/x.png" alt=""><script>
    const told = {};
    const tell = (what, done) => { told[what] = done; out.textContent =
      "outside: " + told.outside + ", server: " + told.server + ", store: " + told.store; };
    // By itself the page is its own outside.
    try { if (window.top !== window) window.top.pwned = 1; tell("outside", window.top === window ? "no" : "yes"); }
    catch { tell("outside", "no"); }
    try { localStorage.setItem("a", "b"); tell("store", "yes"); } catch { tell("store", "no"); }
    try { window.open("https://evil.example"); if (window.top !== window) window.top.location = "https://evil.example"; } catch {}
    fetch("/ajax-api/2.0/mlflow/experiments/get?experiment_id=0").then(() => tell("server", "yes"), () => tell("server", "no"));
  </script>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><script>window.top.pwned=1</script></svg>`;
  await server.upload(run.root, MARKUP, "harmless");
  await server.upload(run.root, "README.md", markdown.join("\n\n"));
  await server.upload(run.root, "page.html", html);
  const other = `<p id=out>still here</p><img src="https://evil.example/y.png" alt=""><script>out.textContent = "ran"</script>`;
  await server.upload(run.root, "other.html", other);
  await server.upload(run.root, "picture.svg", svg);
  const description = `<b>text</b> [x](javascript:window.top.pwned=1)`;
  await server.call("POST", "registered-models/create", { name: MARKUP, description });
}
