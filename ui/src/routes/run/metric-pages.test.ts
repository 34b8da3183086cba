import { createRoot, createSignal } from "solid-js";
import { expect, it, vi } from "vitest";

import type { SummaryPage } from "../../data/metrics";
import { createMetricPages, type MetricPages } from "./metric-pages";

const asked = vi.fn<(request: { page_token?: string }) => Promise<SummaryPage>>();
vi.mock("../../data/metrics", () => ({ summaries: (request: { page_token?: string }) => asked(request) }));

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

it("does not begin anew when only the run around the metrics has changed", async () => {
  asked.mockImplementation(
    ({ page_token }) =>
      Promise.resolve(
        page_token === undefined
          ? { metrics: [{ key: "a" }], next_page_token: "2" }
          : { metrics: [{ key: "b" }], next_page_token: "" },
      ) as unknown as Promise<SummaryPage>,
  );
  const [run, setRun] = createSignal({ id: "r", version: 0 });
  let pages!: MetricPages;
  const dispose = createRoot((end) => {
    pages = createMetricPages(
      () => run().id,
      () => "",
      () => run().version,
    );
    return end;
  });
  await settled();
  pages.more();
  await settled();
  expect(pages.rows().map((row) => row.key)).toEqual(["a", "b"]);
  expect(asked).toHaveBeenCalledTimes(2);
  // The same run, read again.
  setRun({ id: "r", version: 0 });
  await settled();
  expect(asked).toHaveBeenCalledTimes(2);
  setRun({ id: "r", version: 1 });
  await settled();
  expect(asked).toHaveBeenCalledTimes(3);
  expect(pages.rows().map((row) => row.key)).toEqual(["a", "b"]);
  setRun({ id: "other", version: 1 });
  await settled();
  expect(pages.rows().map((row) => row.key)).toEqual(["a"]);
  dispose();
});
