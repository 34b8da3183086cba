import { describe, expect, it } from "vitest";

import { type Page, PagedWindow } from "./paged-window";

/** A server with rows 0 to `total`; tokens are the number of the next row. */
function server(total: number) {
  const requests: [string, number][] = [];
  let fails = 0;
  return {
    requests,
    failNext: () => (fails = 1),
    load: (token: string, size: number): Promise<Page<number>> => {
      requests.push([token, size]);
      if (fails-- > 0) return Promise.reject(new Error("away"));
      const start = token === "" ? 0 : Number(token);
      const end = Math.min(total, start + size);
      const rows = Array.from({ length: end - start }, (_, at) => start + at);
      return Promise.resolve({ rows, next: end < total ? String(end) : "" });
    },
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const nothing = () => undefined;

describe("a window on a list of pages", () => {
  it("loads the first page and no more while that is enough", async () => {
    const source = server(1000);
    const list = new PagedWindow({ load: source.load, onChange: nothing, pageSize: 100 });
    list.show(0, 30);
    await settled();
    expect(source.requests).toEqual([["", 100]]);
    expect(list.row(29)).toBe(29);
    expect(list.row(100)).toBeUndefined();
    expect([list.known, list.complete]).toEqual([100, false]);
  });

  it("goes on until what is in sight is here, in larger steps where that is far away", async () => {
    const source = server(10_000);
    const list = new PagedWindow({ load: source.load, onChange: nothing, pageSize: 100 });
    list.show(9970, 10_000);
    await settled();
    expect(list.row(9999)).toBe(9999);
    expect(list.complete).toBe(true);
    expect(source.requests.length).toBeLessThan(20);
  });

  it("keeps few rows and brings others back by their tokens", async () => {
    const source = server(100_000);
    const list = new PagedWindow({ load: source.load, onChange: nothing, most: 2500 });
    list.show(99_950, 100_000);
    await settled();
    expect(list.known).toBe(100_000);
    expect([...list.loaded()].length).toBeLessThanOrEqual(2500);
    expect(list.row(50_000)).toBeUndefined();
    const before = source.requests.length;
    list.show(50_000, 50_030);
    await settled();
    expect(list.row(50_015)).toBe(50_015);
    expect(source.requests.length).toBe(before + 1);
  });

  it("counts heavy rows for what they weigh", async () => {
    const source = server(5000);
    const list = new PagedWindow({ load: source.load, onChange: nothing, most: 2500, weight: () => 10 });
    list.show(4990, 5000);
    await settled();
    expect([...list.loaded()].length).toBeLessThanOrEqual(1000);
    expect(list.row(4995)).toBe(4995);
  });

  it("stops at an error and goes on when asked to", async () => {
    const source = server(500);
    const list = new PagedWindow({ load: source.load, onChange: nothing, pageSize: 100 });
    source.failNext();
    list.show(0, 150);
    await settled();
    expect(list.error).toEqual(new Error("away"));
    list.show(0, 160);
    await settled();
    expect(source.requests.length).toBe(1);
    list.retry();
    await settled();
    expect(list.error).toBeUndefined();
    expect(list.row(150)).toBe(150);
  });

  it("knows that an empty list is complete", async () => {
    const source = server(0);
    const list = new PagedWindow({ load: source.load, onChange: nothing });
    list.show(0, 30);
    await settled();
    expect([list.known, list.complete]).toEqual([0, true]);
    expect(source.requests.length).toBe(1);
  });

  it("replaces rows by newer ones", async () => {
    const source = server(10);
    const list = new PagedWindow({ load: source.load, onChange: nothing });
    list.show(0, 10);
    await settled();
    list.patch((row) => (row === 3 ? 33 : undefined));
    expect([list.row(2), list.row(3)]).toEqual([2, 33]);
  });

  it("tells nothing after it was closed", async () => {
    const source = server(10);
    let told = 0;
    const list = new PagedWindow({ load: source.load, onChange: () => (told += 1) });
    list.show(0, 10);
    list.close();
    await settled();
    expect(told).toBe(0);
  });

  it("loads rows again where they are in sight, and shows the old ones until then", async () => {
    let edition = 1;
    const asked: string[] = [];
    const list = new PagedWindow<string>({
      pageSize: 10,
      onChange: nothing,
      load: (token) => {
        asked.push(token);
        const start = Number(token);
        const rows = Array.from({ length: 10 }, (_, at) => `${String(start + at)}.${String(edition)}`);
        return Promise.resolve({ rows, next: start < 20 ? String(start + 10) : "" });
      },
    });
    list.show(0, 30);
    await settled();
    list.show(12, 18);
    edition = 2;
    list.renew();
    expect(list.row(12)).toBe("12.1");
    await settled();
    expect([list.row(12), list.row(2), list.row(22)]).toEqual(["12.2", "2.1", "22.1"]);
    list.show(0, 10);
    await settled();
    expect(list.row(2)).toBe("2.2");
    expect(asked).toEqual(["", "10", "20", "10", ""]);
  });

  it("does not take what was asked for before a renewal for new", async () => {
    const answers: (() => void)[] = [];
    const list = new PagedWindow<number>({
      onChange: nothing,
      load: () => new Promise((resolve) => answers.push(() => resolve({ rows: [answers.length], next: "" }))),
    });
    list.show(0, 1);
    list.renew();
    answers[0]?.();
    await settled();
    expect(list.row(0)).toBe(1);
    answers[1]?.();
    await settled();
    expect([list.row(0), answers.length]).toEqual([2, 2]);
  });

  it("has every row once when whoever is told of a page asks for more", async () => {
    const source = server(1000);
    const list: PagedWindow<number> = new PagedWindow({
      load: source.load,
      onChange: () => list.show(150, 350),
      pageSize: 100,
    });
    list.show(150, 350);
    await settled();
    expect([...list.loaded()].map(([at, row]) => row - at)).toEqual(Array<number>(400).fill(0));
    expect(source.requests.map(([token]) => token)).toEqual(["", "100", "200", "300"]);
  });

  it("asks once for the page that failed when it tries again", async () => {
    const source = server(300);
    const list: PagedWindow<number> = new PagedWindow({
      load: source.load,
      onChange: () => list.show(0, 150),
      pageSize: 100,
    });
    list.show(0, 50);
    source.failNext();
    await settled();
    expect(list.error).toEqual(new Error("away"));
    list.retry();
    await settled();
    expect(list.known).toBe(200);
    expect([...list.loaded()].length).toBe(200);
  });

  it("loads the rest of a page by itself where the rows have become too heavy for one", async () => {
    const source = server(1000);
    let most = 100;
    const list = new PagedWindow({
      load: (token, size) => source.load(token, Math.min(size, most)),
      onChange: nothing,
      pageSize: 100,
    });
    list.show(0, 150);
    await settled();
    most = 30;
    list.renew();
    await settled();
    for (const row of [0, 29, 30, 99, 100, 149, 199]) expect(list.row(row)).toBe(row);
    expect(list.known).toBe(200);
    expect(source.requests.slice(2).map(([, size]) => size)).toEqual([30, 30, 30, 10, 30, 30]);
  });
});
