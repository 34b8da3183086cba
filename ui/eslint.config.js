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

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/wire/index.ts", "test-results", "playwright-report"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ["src/**/*.{ts,tsx}"],
    ...solid,
    languageOptions: { globals: globals.browser },
  },
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
