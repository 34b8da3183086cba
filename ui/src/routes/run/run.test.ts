import { describe, expect, it, vi } from "vitest";

import type { Run } from "../../wire";
import type { MetricSummary } from "../../wire";
import { createLogTail, type LogTail, PART_BYTES } from "./log-tail";
import { cleanLog, isLog, isLogDirectory, lineStart } from "./log-text";
import { renewed } from "./metric-pages";
import { loggedModels, renewedModels } from "../../data/model-entries";
import { commitAddress, datasetRows, sourceOf } from "./source";

describe("the source of a run", () => {
  const commit = "8a3ecda0f0c0ffee8a3ecda0f0c0ffee8a3ecda0";

  it("is a page where the repository is one", () => {
    expect(commitAddress("git@github.com:org/repo.git", commit)).toBe(`https://github.com/org/repo/commit/${commit}`);
    expect(commitAddress("https://gitlab.com/a/b/", commit)).toBe(`https://gitlab.com/a/b/-/commit/${commit}`);
    expect(commitAddress("ssh://git@host.example/a.git", commit)).toBe(`https://host.example/a/commit/${commit}`);
  });

  it("gives no token away, and no address that runs something", () => {
    expect(commitAddress("https://user:secret@github.com/a/b", commit)).toBe(`https://github.com/a/b/commit/${commit}`);
    expect(commitAddress("javascript:alert(1)//", commit)).toBeUndefined();
    expect(commitAddress("/home/me/repo", commit)).toBeUndefined();
    expect(commitAddress("https://github.com/a/b", "../../x")).toBeUndefined();
  });

  it("stands in tags, which may be empty", () => {
    const tags = [
      { key: "mlflow.source.name", value: "train.py" },
      { key: "mlflow.source.git.branch", value: "" },
      { key: "mlflow.source.git.dirty", value: "True" },
    ];
    expect(sourceOf(tags)).toMatchObject({ name: "train.py", commit: undefined, branch: undefined, dirty: true });
    expect(sourceOf(undefined).dirty).toBe(false);
  });

  it("is datasets with what their profiles say", () => {
    const dataset = { name: "iris", digest: "d1", source_type: "local", source: '{"uri":"/data/iris.csv"}' };
    const tags = [{ key: "mlflow.data.context", value: "training" }];
    expect(datasetRows({ dataset_inputs: [{ tags, dataset: { ...dataset, profile: '{"num_rows":150}' } }] })).toEqual([
      { name: "iris", digest: "d1", context: "training", facts: "150 rows · /data/iris.csv" },
    ]);
    expect(datasetRows({ dataset_inputs: [{ dataset: { ...dataset, source: "not json" } }] })[0]?.facts).toBe("local");
  });
});

describe("logged models", () => {
  const run = (part: Partial<Run>): Run =>
    ({ info: { run_id: "r1" }, data: {}, inputs: {}, ...part }) as unknown as Run;
  const history = (value: string) => ({ data: { tags: [{ key: "mlflow.log-model.history", value }] } });

  it("are the run's outputs, else those that older clients wrote down", () => {
    const outputs = { model_outputs: [{ model_id: "m-1", step: 3 }] };
    expect(loggedModels(run({ outputs, ...history('[{"artifact_path":"model"}]') }))).toEqual([
      { modelId: "m-1", name: "m-1", source: "models:/m-1", step: 3, flavors: [] },
    ]);
    const old = '[{"artifact_path":"model","flavors":{"python_function":{},"sklearn":{}}}]';
    expect(loggedModels(run(history(old)))).toEqual([
      { name: "model", source: "runs:/r1/model", flavors: ["sklearn"] },
    ]);
  });

  it("stay the same objects where a run that is read again says the same of them", () => {
    const outputs = (...ids: string[]) => ({
      outputs: { model_outputs: ids.map((model_id) => ({ model_id, step: 1 })) },
    });
    const before = renewedModels(run(outputs("m-1", "m-2")), []);
    const after = renewedModels(run(outputs("m-1", "m-2", "m-3")), before);
    expect(after.map((entry) => entry.name)).toEqual(["m-1", "m-2", "m-3"]);
    expect([after[0] === before[0], after[1] === before[1]]).toEqual([true, true]);
  });

  it("are none where the tag holds something else", () => {
    for (const value of ["", "{", "{}", '[null,{"artifact_path":5}]'])
      expect(loggedModels(run(history(value)))).toEqual([]);
  });
});

/** A log that is written, read as from the server: which does not say how long a file is where nothing lies behind the start. */
function growing(text: string, hint = 0) {
  let content = new TextEncoder().encode(text);
  const read = (start: number, length: number) => {
    const bytes = content.slice(start, start + length);
    return Promise.resolve({ bytes, total: bytes.length === 0 ? start : content.length, etag: undefined });
  };
  const write = (next: string) => {
    content = new TextEncoder().encode(next);
  };
  return { tail: createLogTail(read, () => hint), write };
}

function textOf(tail: LogTail): string {
  return (
    tail
      .parts()
      .map((part) => part.text)
      .join("") + tail.rest()
  );
}

describe("logs", () => {
  const file = (name: string) => isLog({ name, isDirectory: false });

  it("are known by their names", () => {
    expect(["train.log", "worker.err", "log.txt", "stdout", "train_output.txt", "run.log.1"].map(file)).not.toContain(
      false,
    );
    expect(["model.pkl", "catalog.csv", "logistic.txt", "blog.html", "notes.txt"].map(file)).not.toContain(true);
    expect(isLogDirectory({ name: "logs", isDirectory: true })).toBe(true);
    expect(isLog({ name: "a.log", isDirectory: true })).toBe(false);
  });

  it("read as on a terminal, without its colours", () => {
    expect(cleanLog("\u001b[1;32mok\u001b[0m done")).toBe("ok done");
    expect(cleanLog("\u001b]0;title\u0007x")).toBe("x");
    expect(cleanLog("10%\r50%\r100%\nnext")).toBe("100%\nnext");
    expect(cleanLog("windows\r\nlines\r\n")).toBe("windows\nlines\n");
    expect(cleanLog("80%\r")).toBe("80%");
  });

  it("begin with a whole line", () => {
    const startOf = (text: string) => lineStart(new TextEncoder().encode(text));
    expect(startOf("ne one\nline two")).toBe(7);
    expect(startOf("one endless line")).toBe(0);
    expect(startOf("one endless line\n")).toBe(0);
    expect(lineStart(new TextEncoder().encode("ü and more").subarray(1))).toBe(1);
  });

  it("are read from the end, followed, and read backwards", async () => {
    let content = new TextEncoder().encode("old line\n" + "x".repeat(PART_BYTES) + "\nlast grün\n");
    const read = vi.fn((start: number, length: number) =>
      Promise.resolve({ bytes: content.slice(start, start + length), total: content.length, etag: undefined }),
    );
    const tail = createLogTail(read, () => content.length - 5);
    await tail.restart();
    expect(textOf(tail)).toBe("last grün\n");
    content = new TextEncoder().encode(new TextDecoder().decode(content) + "more\n");
    await tail.follow();
    expect(textOf(tail)).toBe("last grün\nmore\n");
    expect(tail.total()).toBe(content.length);
    await tail.earlier();
    await tail.earlier();
    expect(tail.start()).toBe(0);
    expect(textOf(tail).startsWith("old line\n")).toBe(true);
    expect(textOf(tail).endsWith("last grün\nmore\n")).toBe(true);
    expect(read).toHaveBeenCalledTimes(5);
  });

  it("add what is new, and leave what is shown as it is", async () => {
    const { tail, write } = growing("one\ntw");
    await tail.restart();
    expect([tail.parts().map((part) => part.text), tail.rest()]).toEqual([["one\n"], "tw"]);
    const [first] = tail.parts();
    write("one\ntwo\nthree");
    await tail.follow();
    expect([tail.parts().map((part) => part.text), tail.rest()]).toEqual([["one\n", "two\n"], "three"]);
    expect(tail.parts()[0]).toBe(first);
    await tail.follow();
    expect(textOf(tail)).toBe("one\ntwo\nthree");
  });

  it("begin anew where the file was cut off or written anew", async () => {
    const { tail, write } = growing("line one\nline two\n");
    await tail.restart();
    write("again\n");
    await tail.follow();
    expect(textOf(tail)).toBe("again\n");
    write("another file that is longer\n");
    await tail.follow();
    expect(textOf(tail)).toBe("another file that is longer\n");
    write("");
    await tail.follow();
    expect([textOf(tail), tail.total()]).toEqual(["", 0]);
    write("from the start\n");
    await tail.follow();
    expect(textOf(tail)).toBe("from the start\n");
  });

  it("are read though they are shorter than they were listed", async () => {
    const { tail } = growing("short\n", 10 * PART_BYTES);
    await tail.restart();
    expect([textOf(tail), tail.start(), tail.total()]).toEqual(["short\n", 0, 6]);
  });

  it("with lines of any length are cleaned at once", () => {
    const long = "x".repeat(2_000_000);
    const bar = Array.from({ length: 50_000 }, (_, index) => `${String(index)} %`).join("\r");
    const returns = "\r".repeat(2_000_000);
    const before = performance.now();
    expect(cleanLog(bar)).toBe("49999 %");
    expect(cleanLog(`${returns}\nend${returns}`)).toBe("\nend");
    const cut = cleanLog(`${long}\nend`);
    expect(cut.length).toBeLessThan(30_000);
    expect(cut).toMatch(/x… \(1,980,000 more characters\)\nend$/);
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it("say what went wrong, and go on after it", async () => {
    const read = vi.fn((): Promise<never> => Promise.reject(new Error("gone")));
    const tail = createLogTail(read, () => 0);
    await tail.restart();
    expect(tail.error()).toBeInstanceOf(Error);
    expect(tail.loading()).toBe(false);
  });
});

describe("metrics that are renewed", () => {
  const rows = (...keys: string[]) => keys.map((key) => ({ key }) as MetricSummary);

  it("keep those behind that were not read again", () => {
    expect(renewed(rows("a", "b", "c", "d"), rows("a", "aa", "b"), false).map((row) => row.key)).toEqual([
      "a",
      "aa",
      "b",
      "c",
      "d",
    ]);
  });

  it("are all that there is where the last page was read", () => {
    expect(renewed(rows("a", "b", "c"), rows("a"), true).map((row) => row.key)).toEqual(["a"]);
  });
});
