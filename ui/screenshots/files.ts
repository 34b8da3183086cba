/** Files of a run, as training programs leave them: a log, tables, a report, pictures. */
import type { Page } from "@playwright/test";

import type { Server } from "../journeys/program";

const CLASSES = ["birch", "fern", "ivy", "maple", "moss", "oak", "pine", "rowan"];

export async function uploadFiles(server: Server, run_id: string, page: Page): Promise<void> {
  const found = await server.call<{ run: { info: { artifact_uri: string } } }>("GET", `runs/get?run_id=${run_id}`);
  const root = found.run.info.artifact_uri;
  const files: Record<string, string | Uint8Array<ArrayBuffer>> = {
    "logs/train.log": log(),
    "config.json": JSON.stringify(
      { model: { name: "resnet", depth: 50 }, data: { size: 224, classes: CLASSES } },
      null,
      2,
    ),
    "errors.csv": errors(),
    "README.md": "# Model card\n\nA classifier of **plants** in photographs.\n\n- input: 224 × 224 RGB\n- classes: 8\n",
    "plots/confusion.png": await confusion(page),
  };
  for (const [path, content] of Object.entries(files)) await server.upload(root, path, content);
}

function log(): string {
  const lines = [
    "2026-03-02 09:14:07 INFO  loading plants-train: 48211 images",
    "2026-03-02 09:14:31 INFO  resnet50, 23.5 M parameters",
  ];
  for (let epoch = 1; epoch <= 40; epoch += 1) {
    const minute = String(14 + epoch).padStart(2, "0");
    const loss = (2.2 * Math.exp(-epoch / 9) + 0.21).toFixed(4);
    lines.push(
      `2026-03-02 ${epoch < 46 ? "09" : "10"}:${minute}:12 INFO  epoch ${String(epoch).padStart(2)}/40  loss ${loss}  1482 img/s`,
    );
    if (epoch % 13 === 0) lines.push(`2026-03-02 09:${minute}:40 WARN  loader waited 1.8 s for a worker`);
  }
  return `${lines.join("\n")}\n`;
}

function errors(): string {
  const rows = CLASSES.flatMap((truth, at) => {
    const said = CLASSES[(at * 3 + 1) % CLASSES.length] ?? "";
    return [0, 1].map(
      (n) =>
        `val/${truth}/${String(1000 + 37 * at + n)}.jpg,${truth},${said},${(0.51 + 0.05 * at + 0.02 * n).toFixed(2)}`,
    );
  });
  return `image,truth,said,confidence\n${rows.join("\n")}\n`;
}

/** A confusion matrix, drawn by the browser. */
async function confusion(page: Page): Promise<Uint8Array<ArrayBuffer>> {
  const address = await page.evaluate((classes) => {
    const [canvas, cell, edge] = [document.createElement("canvas"), 52, 70];
    canvas.width = canvas.height = edge + cell * classes.length + 20;
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no canvas");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.font = "13px sans-serif";
    context.textBaseline = "middle";
    for (const [row, name] of classes.entries()) {
      context.fillStyle = "#222";
      context.textAlign = "right";
      context.fillText(name, edge - 10, edge + cell * (row + 0.5));
      context.textAlign = "center";
      context.fillText(name, edge + cell * (row + 0.5), edge - 20);
      for (const column of classes.keys()) {
        const count = row === column ? 640 + ((row * 37) % 90) : (row * 7 + column * 13) % 23;
        const share = row === column ? 0.75 + ((row * 5) % 7) / 40 : count / 90;
        context.fillStyle = `rgb(${String(Math.round(247 - 239 * share))}, ${String(Math.round(251 - 170 * share))}, ${String(Math.round(255 - 99 * share))})`;
        context.fillRect(edge + cell * column, edge + cell * row, cell - 1, cell - 1);
        context.fillStyle = share > 0.5 ? "#fff" : "#234";
        context.fillText(String(count), edge + cell * (column + 0.5), edge + cell * (row + 0.5));
      }
    }
    return canvas.toDataURL("image/png");
  }, CLASSES);
  return new Uint8Array(Buffer.from(address.slice(address.indexOf(",") + 1), "base64"));
}
