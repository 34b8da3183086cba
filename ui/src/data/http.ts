import { address } from "./base";

/** What the server refused, in MLflow's form; or that it could not be reached. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    /** HTTP status; 0 where there was no answer. */
    readonly status: number,
    /** `RESOURCE_DOES_NOT_EXIST` and so on; `UNREACHABLE` where there was no answer. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  /** Whether asking again may help. */
  get transient(): boolean {
    return (
      this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504
    );
  }
}

/** Whether the server did not understand the filter; a search that takes too long has this status, too. */
export function isFilterError(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 400 && error.code !== "DEADLINE_EXCEEDED";
}

/** Below it the interface of MLflow. */
export const MLFLOW = "ajax-api/2.0/mlflow/";
/** Below it our own. */
export const TRAINYARD = "ajax-api/trainyard/v1/";

export type QueryValue = string | number | boolean | undefined | readonly (string | number)[];
export type Query = Record<string, QueryValue>;

/** `?a=1&b=2` with a key for each entry of a list; nothing where all is undefined. */
export function queryText(query: Query): string {
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (Array.isArray(value)) for (const one of value) parts.append(key, String(one));
    else parts.append(key, String(value));
  }
  const text = parts.toString();
  return text === "" ? "" : `?${text}`;
}

export interface Options {
  signal?: AbortSignal | undefined;
}

const WAITS = [300, 1000];

/** Reads. Asked again twice where the server is busy or away. */
export function get<T>(path: string, query: Query = {}, options: Options = {}): Promise<T> {
  return again(() => send(path + queryText(query), { method: "GET", signal: options.signal ?? null }), options).then(
    json<T>,
  );
}

/** Reads that need a body (searches): asked again as `get` is. */
export function query<T>(path: string, body: unknown, options: Options = {}): Promise<T> {
  return again(() => send(path, withBody("POST", body, options)), options).then(json<T>);
}

/** As `query`, for answers that are not JSON. */
export function queryBytes(path: string, body: unknown, options: Options = {}): Promise<ArrayBuffer> {
  return again(() => send(path, withBody("POST", body, options)), options).then((answer) => answer.arrayBuffer());
}

/** Changes. Sent once: a change whose answer was lost may have been made. */
export function change<T>(method: "POST" | "PATCH" | "PUT" | "DELETE", path: string, body: unknown): Promise<T> {
  return send(path, withBody(method, body, {})).then(json<T>);
}

function withBody(method: string, body: unknown, options: Options): RequestInit {
  const headers = { "Content-Type": "application/json" };
  return { method, headers, body: JSON.stringify(body), signal: options.signal ?? null };
}

/** One request; everything but success is an error. */
export async function send(path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(address(path), { credentials: "same-origin", ...init });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError(0, "UNREACHABLE", "The server cannot be reached.");
  }
  if (!answer.ok) throw await readError(answer);
  return answer;
}

async function readError(answer: Response): Promise<ApiError> {
  const text = await answer.text().catch(() => "");
  try {
    const body = JSON.parse(text) as { error_code?: unknown; message?: unknown };
    if (typeof body.message === "string") {
      return new ApiError(answer.status, String(body.error_code ?? "INTERNAL_ERROR"), body.message);
    }
  } catch {
    // A proxy in between answers in its own words; the status says enough.
  }
  return new ApiError(answer.status, "INTERNAL_ERROR", `The server answered with status ${String(answer.status)}.`);
}

async function json<T>(answer: Response): Promise<T> {
  const text = await answer.text();
  return (text === "" ? {} : JSON.parse(text)) as T;
}

async function again(attempt: () => Promise<Response>, options: Options): Promise<Response> {
  for (const wait of WAITS) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ApiError) || !error.transient) throw error;
      await pause(wait, options.signal);
    }
  }
  return attempt();
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException("no longer wanted", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Whether a request ended because nobody wanted its answer any more. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** What to tell a person about any error. */
export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
