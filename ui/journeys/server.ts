/** A Trainyard server for one journey, on a store of its own, and what journeys do to it without the pages. */
import { test as base } from "@playwright/test";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROGRAM = process.env["TRAINYARD_PROGRAM"] ?? new URL("../../target/debug/trainyard", import.meta.url).pathname;

export class Server {
  constructor(readonly url: string) {}

  /** A request of MLflow's interface; its answer. */
  async call<T>(method: "GET" | "POST" | "PATCH", path: string, body?: unknown): Promise<T> {
    const init = {
      method,
      headers: { "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    };
    const answer = await fetch(`${this.url}/api/2.0/mlflow/${path}`, init);
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Stores a file below an artifact root, `mlflow-artifacts:/…`. */
  async upload(root: string, path: string, content: string | Uint8Array<ArrayBuffer>): Promise<void> {
    const parts = `${root.replace(/^mlflow-artifacts:\//, "")}/${path}`.split("/").filter((part) => part !== "");
    const target = `${this.url}/api/2.0/mlflow-artifacts/artifacts/${parts.map(encodeURIComponent).join("/")}`;
    const answer = await fetch(target, { method: "PUT", body: content });
    if (!answer.ok) throw new Error(`PUT ${path}: ${String(answer.status)} ${await answer.text()}`);
  }
}

/** A journey gets `server`, and `page` goes to addresses of it. */
export const test = base.extend<{ server: Server }>({
  // Playwright finds out what a fixture needs from this pattern.
  // eslint-disable-next-line no-empty-pattern
  server: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "trainyard-journey-"));
    const store = `sqlite:///${join(folder, "store.db")}`;
    const flags = ["--host", "127.0.0.1", "--port", "0", "--backend-store-uri", store];
    const artifacts = ["--artifacts-destination", join(folder, "artifacts")];
    const child = spawn(PROGRAM, ["server", ...flags, ...artifacts], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await use(new Server(await readyUrl(child)));
    } finally {
      child.kill("SIGTERM");
      if (child.exitCode === null) await new Promise((resolve) => child.once("exit", resolve));
      await rm(folder, { recursive: true, force: true });
    }
  },
  baseURL: async ({ server }, use) => {
    await use(server.url);
  },
});

export { expect } from "@playwright/test";

/** The address that the server prints when it is ready. */
function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended with ${String(code)}: ${printed}`)));
    child.stdout?.on("data", (part: Buffer) => {
      printed += part.toString();
      const url = /https?:\/\/\S+/.exec(printed)?.[0];
      if (url !== undefined) resolve(url);
    });
  });
}
