/** A Trainyard server for one journey, on a store of its own, and what journeys do to it without the pages. */
import { test as base } from "@playwright/test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAM = process.env["TRAINYARD_BIN"] ?? join(ROOT, "target/debug/trainyard");
const READY_WITHIN = 30_000;

export class Server {
  constructor(
    /** Where it answers, without a slash at the end. */
    readonly url: string,
    readonly stop: () => Promise<void>,
  ) {}

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

/** Starts a server on an empty store of its own. */
export async function startServer(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "trainyard-journey-"));
  const args = ["server", "--host", "127.0.0.1", "--port", "0", "--backend-store-uri", `sqlite:///${folder}/yard.db`];
  const child = spawn(PROGRAM, [...args, "--artifacts-destination", join(folder, "artifacts")], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const told: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the server is not ready:\n${told.join("\n")}`)), READY_WITHIN);
    const listen = (line: string) => {
      told.push(line);
      const found = /https?:\/\/127\.0\.0\.1:\d+/.exec(line);
      if (!found) return;
      clearTimeout(late);
      resolve(found[0]);
    };
    createInterface({ input: child.stdout }).on("line", listen);
    createInterface({ input: child.stderr }).on("line", listen);
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the server ended with ${String(code)}:\n${told.join("\n")}`)));
  });
  return new Server(url, async () => {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
}

/** Journeys with a server of their own each; a page that logs an error or breaks the content security policy fails. */
export const test = base.extend<{ server: Server; problems: string[] }>({
  // Playwright finds out what a fixture needs from this pattern.
  // eslint-disable-next-line no-empty-pattern
  server: async ({}, use) => {
    const server = await startServer();
    await use(server);
    await server.stop();
  },
  baseURL: async ({ server }, use) => {
    await use(server.url);
  },
  problems: [
    async ({ page }, use) => {
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => {
        // The browser tells of every answer that is an error; journeys look at what the page makes of them.
        const answer = message.text().startsWith("Failed to load resource");
        if (message.type() === "error" && !answer) problems.push(message.text());
      });
      await use(problems);
      base.expect(problems).toEqual([]);
    },
    { auto: true },
  ],
});

export const expect = base.expect;
