import { describe, expect, it } from "vitest";
import { nameContains, quoted } from "../../data/models";
import { parseModelFile } from "../../data/mlmodel";
import { ownerOfVersion } from "../../data/artifacts";
import type { ModelVersion, Run } from "../../wire";
import { aliasProblem } from "./alias-rules";
import { comparePairs } from "./comparison";
import { lineage } from "./lineage-nodes";
import { loadCode, versionUri } from "./load-code";
import { differences, requirement, requirementLines } from "./differences";

const MODEL_FILE = `artifact_path: mlflow-artifacts:/1/models/m-1/artifacts
flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    model_path: model.skops
    python_version: 3.11.7
  sklearn:
    code: null
    pickled_model: model.skops
    serialization_format: skops
    sklearn_version: 1.9.0
mlflow_version: 3.18.0
model_size_bytes: 2048
signature:
  inputs: '[{"type": "double", "name": "it''s", "required": true}, {"type": "array",
    "items": {"type": "string"}, "name": "words", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3]}}]'
  params: '[{"name": "top_k", "default": 5, "shape": null, "type": "long"}]'
utc_time_created: '2026-01-01 00:00:00.000000'
`;

describe("parseModelFile", () => {
  it("reads flavors and signature, folded lines included", () => {
    expect(parseModelFile(MODEL_FILE)).toEqual({
      flavors: [
        { name: "python_function", version: undefined, loaderModule: "mlflow.sklearn" },
        { name: "sklearn", version: "1.9.0", loaderModule: undefined },
      ],
      signature: {
        inputs: [
          { name: "it's", type: "double", required: true, default: undefined },
          { name: "words", type: "array<string>", required: false, default: undefined },
        ],
        outputs: [{ name: "", type: "float32 [-1, 3]", required: true, default: undefined }],
        params: [{ name: "top_k", type: "long", required: true, default: "5" }],
      },
      mlflowVersion: "3.18.0",
      sizeBytes: 2048,
    });
  });

  it("copes with a file that says little", () => {
    expect(parseModelFile("- a\n- b\n").flavors).toEqual([]);
    expect(parseModelFile("flavors: {}\nsignature:\n  inputs: null\n").signature).toEqual({
      inputs: [],
      outputs: [],
      params: [],
    });
  });

  it("writes nested types as one reads them", () => {
    const inputs = JSON.stringify([
      {
        name: "o",
        type: "object",
        properties: { a: { type: "long", required: true }, b: { type: "string", required: false } },
      },
      { name: "m", type: "map", values: { type: "double" } },
    ]);
    const file = parseModelFile(`signature:\n  inputs: '${inputs}'\n`);
    expect(file.signature?.inputs.map((field) => field.type)).toEqual(["{a: long, b?: string}", "map<double>"]);
  });

  it("cuts what aliases make larger than any memory", () => {
    const levels = Array.from({ length: 40 }, (_, level) => {
      const part =
        level === 0
          ? "{type: long}"
          : `{type: object, properties: {a: *t${String(level - 1)}, b: *t${String(level - 1)}}}`;
      return `  - &t${String(level)} ${part}`;
    });
    const text = [
      "types:",
      ...levels,
      "signature:",
      "  inputs:",
      "    - *t39",
      "  params:",
      "    - {name: p, type: any, default: *t39}",
    ].join("\n");
    const read = parseModelFile(text).signature;
    expect(read?.inputs[0]?.type.length).toBeLessThan(50_000);
    expect(read?.inputs[0]?.type).toContain("…");
    expect(read?.params[0]?.default).toBe("…");
  });
});

describe("differences", () => {
  it("finds what was added, removed and changed", () => {
    const a = ["x=1", "y=1", "z=1"];
    const b = ["z=1", "x=2", "w=1"];
    const found = differences(
      a,
      b,
      (item) => item.slice(0, 1),
      (one, other) => one === other,
    );
    expect(found.map(({ name, change }) => `${name} ${change}`)).toEqual([
      "x changed",
      "y removed",
      "z same",
      "w added",
    ]);
  });

  it("splits requirements", () => {
    expect(requirement("scikit-learn==1.9.0")).toEqual({ name: "scikit-learn", rest: "==1.9.0" });
    expect(requirement("ray[tune]>=2; python_version > '3'")).toEqual({
      name: "ray[tune]",
      rest: ">=2; python_version > '3'",
    });
    expect(requirementLines("# why\nnumpy==2\r\n\n  scipy\n")).toEqual(["numpy==2", "scipy"]);
  });
});

describe("load code", () => {
  it("prefers the framework's own module and an alias", () => {
    const { flavors } = parseModelFile(MODEL_FILE);
    expect(loadCode(versionUri("iris", "3", ["champion"]), flavors)).toBe(
      'import trainyard as mlflow\n\nmodel = mlflow.sklearn.load_model("models:/iris@champion")',
    );
    expect(loadCode(versionUri('a"b', "3", []), [])).toContain('mlflow.pyfunc.load_model("models:/a\\"b/3")');
  });
});

describe("filters", () => {
  it("quote every text so that it stands for itself", () => {
    expect(quoted("plain")).toBe("'plain'");
    expect(quoted("it's")).toBe("E'it\\'s'");
    expect(quoted("a\\' OR '1'='1")).toBe("E'a\\\\\\' OR \\'1\\'=\\'1'");
    expect(nameContains("  ")).toBe("");
    expect(nameContains("iris")).toBe("name ILIKE '%iris%'");
  });
});

describe("aliasProblem", () => {
  it("refuses what the server refuses", () => {
    expect(["champion", "a-b_1", "v1a"].map(aliasProblem)).toEqual([undefined, undefined, undefined]);
    for (const alias of ["latest", "Latest", "v1", "V22", "a b", "a.b", "x".repeat(256)]) {
      expect(aliasProblem(alias), alias).toBeDefined();
    }
  });
});

describe("lineage", () => {
  const run = {
    info: { run_id: "r1", run_name: "first" },
    data: { tags: [{ key: "mlflow.source.name", value: "train.py" }] },
    inputs: {
      dataset_inputs: [
        { dataset: { name: "iris", digest: "d1" }, tags: [{ key: "mlflow.data.context", value: "training" }] },
      ],
    },
  } as unknown as Run;
  const versions = [{ name: "iris model", version: "2" }];

  it("goes from datasets to versions and links all but what is looked at", () => {
    const columns = lineage({ run, loggedModel: undefined, versions, here: "version" });
    const drawn = columns.map((column) => column.map((node) => [node.kind, node.name, node.detail, node.href]));
    expect(drawn).toEqual([
      [["Dataset", "iris", "training", undefined]],
      [["Run", "first", "train.py", "/runs/r1"]],
      [["Version", "iris model 2", undefined, undefined]],
    ]);
  });

  it("is short where little is known", () => {
    const columns = lineage({ run: undefined, loggedModel: undefined, versions, here: "logged-model" });
    expect(columns.map((column) => column[0]?.href)).toEqual(["/models/iris%20model/versions/2"]);
  });
});

describe("comparePairs", () => {
  it("shows values of both sides", () => {
    expect(
      comparePairs(
        [
          ["lr", "1"],
          ["a", "x"],
        ],
        [["lr", "2"]],
      ),
    ).toEqual([
      { name: "lr", a: "1", b: "2", change: "changed" },
      { name: "a", a: "x", b: undefined, change: "removed" },
    ]);
  });
});

describe("ownerOfVersion", () => {
  const version = { name: "iris", version: "1", model_id: "" } as ModelVersion;
  const run = { info: { run_id: "r1", artifact_uri: "s3://b/1/r1/artifacts" } } as unknown as Run;

  it("finds who lists the files", () => {
    expect(ownerOfVersion({ ...version, model_id: "m-1" }, "s3://b/x", run)).toEqual({
      kind: "logged-model",
      modelId: "m-1",
    });
    expect(ownerOfVersion(version, "s3://b/1/r1/artifacts/model", run)).toEqual({
      kind: "run",
      runId: "r1",
      root: "model",
    });
    expect(ownerOfVersion(version, "s3://b/1/r1/artifacts", run)).toEqual({ kind: "run", runId: "r1", root: "" });
    expect(ownerOfVersion(version, "s3://b/1/r1/artifacts-of-another/model", run)).toBeUndefined();
    expect(ownerOfVersion(version, "mlflow-artifacts:/1/x/", undefined)).toEqual({
      kind: "model-version",
      name: "iris",
      version: "1",
      proxied: "1/x",
    });
  });
});
