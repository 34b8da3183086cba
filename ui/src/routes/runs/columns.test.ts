import { describe, expect, it } from "vitest";

import { columnFacts } from "./column-facts";
import { columnId, defaultColumns, moveColumn, nextOrder, orderBy, resizeColumn, toggleColumn } from "./columns";
import type { Column } from "./state";

const name: Column = { source: "attribute", key: "run_name", pinned: true };
const loss: Column = { source: "metric", key: "loss" };
const lr: Column = { source: "param", key: "lr" };
const ids = (columns: readonly Column[]) => columns.map(columnId);

describe("columns", () => {
  it("that nobody chose are those most runs have, params that differ first", () => {
    const summary = (kind: "metric" | "param", key: string, runs: number, distinct: number) => ({
      kind,
      key,
      runs,
      distinct,
    });
    const chosen = ids(
      defaultColumns([
        summary("metric", "rare", 1, 1),
        summary("metric", "loss", 100, 90),
        summary("metric", "system/cpu", 100, 90),
        summary("param", "same", 100, 1),
        summary("param", "lr", 90, 7),
      ]),
    );
    expect(chosen).toEqual([
      "attribute:run_name",
      "attribute:status",
      "attribute:start_time",
      "attribute:duration",
      "metric:loss",
      "param:lr",
      "param:same",
      "attribute:user_id",
      "attribute:source",
      "attribute:models",
    ]);
  });

  it("move before another one, and are pinned beside pinned ones", () => {
    expect(ids(moveColumn([name, loss, lr], "param:lr", "metric:loss"))).toEqual([
      "attribute:run_name",
      "param:lr",
      "metric:loss",
    ]);
    const moved = moveColumn([name, loss, lr], "param:lr", "attribute:run_name");
    expect(ids(moved)).toEqual(["param:lr", "attribute:run_name", "metric:loss"]);
    expect(moved[0]?.pinned).toBe(true);
    expect(ids(moveColumn([name, loss, lr], "metric:loss", undefined))).toEqual([
      "attribute:run_name",
      "param:lr",
      "metric:loss",
    ]);
  });

  it("are unpinned where they are dropped among others", () => {
    const moved = moveColumn([name, loss, lr], "attribute:run_name", "param:lr");
    expect(ids(moved)).toEqual(["metric:loss", "attribute:run_name", "param:lr"]);
    expect(moved[1]?.pinned).toBeUndefined();
  });

  it("of a metric and of its sparkline are two", () => {
    const both = toggleColumn([loss], { ...loss, spark: true });
    expect(ids(both)).toEqual(["metric:loss", "spark:loss"]);
    expect(ids(toggleColumn(both, loss))).toEqual(["spark:loss"]);
  });
});

describe("orders", () => {
  it("quote names", () => {
    expect(orderBy({ source: "metric", key: "val/loss", descending: true })).toEqual(["metrics.`val/loss` DESC"]);
    expect(orderBy({ source: "attribute", key: "source", descending: false })).toEqual([
      "tags.`mlflow.source.name` ASC",
    ]);
    expect(orderBy(null)).toEqual([]);
  });

  it("turn round at a second click and end at a third", () => {
    const first = nextOrder(null, loss);
    expect(first?.descending).toBe(true);
    const second = nextOrder(first, loss);
    expect(second?.descending).toBe(false);
    expect(nextOrder(second, loss)).toBeNull();
    expect(nextOrder(first, lr)).toEqual({ source: "param", key: "lr", descending: false });
  });

  it("get widths within what makes sense", () => {
    const widthOf = (width: number) => resizeColumn([name, loss], columnId(loss), width)[1]?.width;
    expect([widthOf(130.4), widthOf(-50), widthOf(9999)]).toEqual([130, 56, 1200]);
  });

  it("tell what is known of their values", () => {
    const metric = { kind: "metric", key: "loss", runs: 1200, distinct: 900 } as const;
    expect(columnFacts({ ...metric, min: 0.25, max: 8 })).toBe(
      "loss\n1,200 runs\n900 different values\nfrom 0.25 to 8",
    );
    expect(columnFacts({ ...metric, runs: 1, distinct: 1 })).toBe("loss\n1 run\n1 different value");
    expect(columnFacts({ kind: "tag", key: "status", runs: 0, distinct: 0 })).toBe("status");
  });

  it("of metrics that few runs have are shown beside params that all of them have", () => {
    const found = [
      { kind: "metric", key: "loss", runs: 1, distinct: 1 },
      { kind: "param", key: "lr", runs: 1000, distinct: 7 },
    ] as const;
    expect(ids(defaultColumns(found))).toContain("metric:loss");
  });
});
