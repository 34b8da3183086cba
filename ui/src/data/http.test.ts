import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError, change, get, isAbort, queryText } from "./http";

const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", fetched);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  fetched.mockReset();
});

describe("requests", () => {
  it("repeat keys of lists and leave out what is undefined", () => {
    expect(queryText({ a: ["x", "y&z"], b: undefined, c: 3 })).toBe("?a=x&a=y%26z&c=3");
    expect(queryText({ b: undefined })).toBe("");
  });

  it("read errors in MLflow's form", async () => {
    const body = { error_code: "RESOURCE_DOES_NOT_EXIST", message: "no run 'x'" };
    fetched.mockResolvedValue(new Response(JSON.stringify(body), { status: 404 }));
    const error = await get("runs/get").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 404, code: "RESOURCE_DOES_NOT_EXIST", message: "no run 'x'" });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it("say the status where a proxy answers", async () => {
    fetched.mockResolvedValue(new Response("<h1>oops</h1>", { status: 500 }));
    await expect(get("x")).rejects.toThrow("status 500");
  });

  it("are asked again while the server is busy", async () => {
    fetched.mockResolvedValueOnce(new Response("", { status: 503 }));
    fetched.mockRejectedValueOnce(new TypeError("connection refused"));
    fetched.mockResolvedValueOnce(new Response('{"ok":true}'));
    const answer = get("x");
    await vi.runAllTimersAsync();
    await expect(answer).resolves.toEqual({ ok: true });
    expect(fetched).toHaveBeenCalledTimes(3);
  });

  it("that change something are sent once", async () => {
    fetched.mockResolvedValue(new Response("", { status: 503 }));
    await expect(change("POST", "x", {})).rejects.toMatchObject({ status: 503 });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it("end at once when nobody wants the answer any more", async () => {
    fetched.mockResolvedValue(new Response("", { status: 503 }));
    const abort = new AbortController();
    const answer = get("x", {}, { signal: abort.signal }).catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(10);
    abort.abort();
    expect(isAbort(await answer)).toBe(true);
    expect(fetched).toHaveBeenCalledTimes(1);
  });
});
