import js from "@eslint/js";
import solid from "eslint-plugin-solid/configs/typescript";
import globals from "globals";
import tseslint from "typescript-eslint";

// Text that users log must never be read as markup or as code.
const markup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "createContextualFragment"];
const noMarkup = [
  ...markup.map((name) => ({
    selector: `MemberExpression[property.name='${name}']`,
    message: `${name} reads text as markup. Build nodes instead.`,
  })),
  ...markup.map((name) => ({
    selector: `JSXAttribute[name.name='${name}']`,
    message: `${name} reads text as markup. Build nodes instead.`,
  })),
  {
    selector: "CallExpression[callee.object.name='document'][callee.property.name=/^write(ln)?$/]",
    message: "document.write reads text as markup.",
  },
  {
    selector: "JSXAttribute[name.name='style'][value.type='Literal']",
    message:
      "The content security policy refuses style attributes. Use a class, or an object whose values are computed.",
  },
];

// The rule about reactivity does not see that a function is called by a handler only where it awaits something, is handed on, or
// is declared by name; nor that a dialog wants the value that it was opened with. In these files that is all it finds.
const handlersInPlainFunctions = [
  "src/charts/chart-card.tsx",
  "src/charts/chart-store.ts",
  "src/charts/charts.tsx",
  "src/charts/panel.tsx",
  "src/components/confirm.tsx",
  "src/components/preview/tree.tsx",
  "src/components/tags.tsx",
  "src/filter/input.tsx",
  "src/frame.tsx",
  "src/routes/experiments/index.tsx",
  "src/routes/experiments/name-dialog.tsx",
  "src/routes/logged-models/model.tsx",
  "src/routes/models/aliases.tsx",
  "src/routes/models/description.tsx",
  "src/routes/models/model.tsx",
  "src/routes/models/rename.tsx",
  "src/routes/models/version.tsx",
  "src/routes/run/header.tsx",
  "src/routes/run/log-tail.ts",
  "src/routes/run/overview.tsx",
  "src/routes/runs/group-picker.tsx",
  "src/routes/runs/header.tsx",
  "src/routes/runs/index.tsx",
  "src/routes/runs/table.tsx",
  "src/routes/runs/views-menu.tsx",
];

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/wire", "test-results", "playwright-report"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ["src/**/*.{ts,tsx}"],
    ...solid,
    languageOptions: { globals: globals.browser },
  },
  { files: handlersInPlainFunctions, rules: { "solid/reactivity": "off" } },
  {
    files: ["build/**", "*.config.{ts,js}", "journeys/**", "bench/**", "screenshots/**"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
  {
    rules: {
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-console": "error",
      "no-restricted-syntax": ["error", ...noMarkup],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  { files: ["build/**"], rules: { "no-console": "off" } },
);
