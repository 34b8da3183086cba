// js-yaml makes its tags and schemas by calls when it is loaded, which the build has to keep: here they are marked as what can be
// left out, so that the UI ships what reads a file, and neither YAML 1.1 nor the writer.

const MODULE = /\/js-yaml\/dist\/js-yaml\.mjs$/;
const MADE =
  /^var (\w+) = ((?:new Schema|YAML11_SCHEMA\.withTags|define(?:Scalar|Sequence|Mapping)Tag)\([\s\S]*?^[}\]]+\));$/gm;

/** @returns {import("vite").Plugin} */
export function leanYaml() {
  return {
    name: "trainyard:lean-yaml",
    apply: "build",
    transform(code, id) {
      if (!MODULE.test(id)) return undefined;
      const lean = code.replace(MADE, "var $1 = /* @__PURE__ */ (() => $2)();");
      if (lean === code) this.error("js-yaml is written in another way by now: build/lean-yaml.js does nothing for it");
      return { code: lean, map: null };
    },
  };
}
