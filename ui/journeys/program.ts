/** The program under test: started on a store, stopped, and asked for things without its pages. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
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

/** The `trainyard` program: the one that is named, else the development build. */
export function program(): string {
  return process.env["TRAINYARD_BIN"] ?? join(ROOT, "target/debug/trainyard");
}

/** Starts a server in a folder, or on an empty store of its own, which goes when it is stopped. */
export async function startServer(folder?: string): Promise<Server> {
  const own = folder ?? (await mkdtemp(join(tmpdir(), "trainyard-journey-")));
  const args = ["server", "--host", "127.0.0.1", "--port", "0", "--backend-store-uri", `sqlite:///${own}/yard.db`];
  const child = spawn(program(), [...args, "--artifacts-destination", join(own, "artifacts")], {
    cwd: own,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const url = await told(child, /https?:\/\/127\.0\.0\.1:\d+/, READY_WITHIN);
  return new Server(url, async () => {
    await end(child);
    if (folder === undefined) await rm(own, { recursive: true, force: true });
  });
}

/** Waits until a program has printed what is looked for. */
export async function told(
  child: ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream },
  wanted: RegExp,
  within: number,
): Promise<string> {
  const lines: string[] = [];
  return new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the server is not ready:\n${lines.join("\n")}`)), within);
    const listen = (line: string) => {
      lines.push(line);
      const found = wanted.exec(line);
      if (!found) return;
      clearTimeout(late);
      resolve(found[0]);
    };
    createInterface({ input: child.stdout }).on("line", listen);
    createInterface({ input: child.stderr }).on("line", listen);
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the server ended with ${String(code)}:\n${lines.join("\n")}`)));
  });
}

/** Asks a program to end, and waits until it has. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
